// Names of regions by their GB/T 2260 codes. A prefix of 2, 4 or 6 digits names a province, prefecture or county; townships
// (9 digits) and whatever else is not in the table keep their code.
import table from "@/gen/regions.json";

const NAMES: Record<string, string> = table;

// The name of the place alone: "兰山区".
export function placeName(code: string): string {
  return NAMES[code.replace(/(00){1,2}$/, "")] ?? "";
}

// From the province down: "山东省 临沂市 兰山区".
export function regionName(code: string): string {
  const parts = [2, 4, 6].filter((digits) => code.length >= digits).map((digits) => placeName(code.slice(0, digits)));
  return [...new Set([...parts, placeName(code) || code])].filter(Boolean).join(" ");
}

// What is enough where the surroundings name the rest.
export function shortRegionName(code: string): string {
  return placeName(code) || code;
}

export interface Place {
  value: string;
  label: string;
  children?: Place[];
}

let tree: Place[] | undefined;

// Provinces with their prefectures with their counties, in the order of their codes. A county under no prefecture (of a
// municipality) stands directly under its province.
export function places(): Place[] {
  if (tree) return tree;
  const at = new Map<string, Place>();
  const tops: Place[] = [];
  for (const code of Object.keys(NAMES).sort((a, b) => a.length - b.length || (a < b ? -1 : 1))) {
    const place: Place = { value: code, label: NAMES[code] };
    at.set(code, place);
    const parent = code.length === 2 ? undefined : (at.get(code.slice(0, code.length - 2)) ?? at.get(code.slice(0, 2)));
    if (code.length === 2) tops.push(place);
    else if (parent) (parent.children ??= []).push(place);
  }
  return (tree = tops);
}

// The path in `places` that leads to a code, as far as the table knows it.
export function pathTo(code: string): string[] {
  return [2, 4, 6].filter((digits) => code.length >= digits && NAMES[code.slice(0, digits)]).map((digits) => code.slice(0, digits));
}
