// Where a file is dropped or chosen.
import { CloudUploadOutlined } from "@ant-design/icons";
import { useState, type DragEvent } from "react";

interface DropZoneProps {
  title: string;
  hint: string;
  busy?: boolean;
  take: (file: File) => void;
}

export function DropZone({ title, hint, busy = false, take }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files.item(0);
    if (file && !busy) take(file);
  };
  return (
    <label
      className={over ? "drop-zone over" : "drop-zone"}
      aria-busy={busy}
      onDragOver={(event) => (event.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <CloudUploadOutlined />
      <b>{title}</b>
      <span className="quiet small">{hint}</span>
      <input
        type="file"
        disabled={busy}
        aria-label={title}
        onChange={(event) => {
          const file = event.target.files?.item(0);
          event.target.value = "";
          if (file) take(file);
        }}
      />
    </label>
  );
}
