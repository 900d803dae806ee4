// Files that the hub made: handed to the browser's downloads.
export function saveFile(name: string, contentType: string, content: Uint8Array) {
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type: contentType }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
