// CSV that a spreadsheet opens as what it is: UTF-8 with a byte order mark (or Excel reads Chinese as GBK), CRLF
// (RFC 4180), and no cell that a spreadsheet would run as a formula (OWASP, CSV injection).

export type Cell = string | number | bigint;

export function guard(text: string): string {
  return /^[=+\-@\t]/.test(text) ? `'${text}` : text;
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// Numbers are ours and stay numbers; only text can carry a formula.
function cell(value: Cell): string {
  return typeof value === "string" ? quote(guard(value)) : String(value);
}

export function toCsv(rows: readonly (readonly Cell[])[]): string {
  return "\uFEFF" + rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}

export function download(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
