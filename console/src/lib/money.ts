// Money is in fen, and stays an integer: a yuan amount in floating point would not add up.

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

// 5065300n -> "50,653.00"
export function yuan(fen: bigint): string {
  const positive = fen < 0n ? -fen : fen;
  const text = `${grouped((positive / 100n).toString())}.${(positive % 100n).toString().padStart(2, "0")}`;
  return fen < 0n ? `\u2212${text}` : text;
}

// For cells of a table that a program reads: "50653.00".
export function plainYuan(fen: bigint): string {
  const positive = fen < 0n ? -fen : fen;
  return `${fen < 0n ? "-" : ""}${positive / 100n}.${(positive % 100n).toString().padStart(2, "0")}`;
}

// "¥50,653.00"; a dash where the data do not say.
export function money(fen: bigint): string {
  return fen === 0n ? "—" : `¥${yuan(fen)}`;
}

export function count(value: bigint | number): string {
  const text = value.toString();
  return text.startsWith("-") ? `\u2212${grouped(text.slice(1))}` : grouped(text);
}
