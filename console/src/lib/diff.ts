// Which characters of two texts differ: the cheapest alignment (Levenshtein, 1966) of their characters, so that a
// left-out character does not mark everything after it.

export interface Piece {
  text: string;
  changed: boolean;
}

export interface Difference {
  a: Piece[];
  b: Piece[];
  equal: boolean;
}

function append(pieces: Piece[], text: string, changed: boolean) {
  const last = pieces[pieces.length - 1];
  if (last && last.changed === changed) last.text += text;
  else pieces.push({ text, changed });
}

export function diff(left: string, right: string): Difference {
  const a = Array.from(left); // by code point: a rare Han character takes two UTF-16 units
  const b = Array.from(right);
  const width = b.length + 1;
  const cost = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => cost[i * width + j];
  for (let i = 0; i <= a.length; ++i) cost[i * width] = i;
  for (let j = 0; j <= b.length; ++j) cost[j] = j;
  for (let i = 1; i <= a.length; ++i) {
    for (let j = 1; j <= b.length; ++j) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      cost[i * width + j] = Math.min(replaced, at(i - 1, j) + 1, at(i, j - 1) + 1);
    }
  }
  const steps: [string, string, boolean][] = [];
  let i = a.length;
  let j = b.length;
  while (i > 0 || j > 0) {
    const same = i > 0 && j > 0 && a[i - 1] === b[j - 1];
    if (i > 0 && j > 0 && at(i, j) === at(i - 1, j - 1) + (same ? 0 : 1)) steps.push([a[--i], b[--j], !same]);
    else if (i > 0 && at(i, j) === at(i - 1, j) + 1) steps.push([a[--i], "", true]);
    else steps.push(["", b[--j], true]);
  }
  const result: Difference = { a: [], b: [], equal: at(a.length, b.length) === 0 };
  for (const [from, to, changed] of steps.reverse()) {
    if (from) append(result.a, from, changed);
    if (to) append(result.b, to, changed);
  }
  return result;
}
