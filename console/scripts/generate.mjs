// Writes src/gen from the contract in ../proto: protoc with the protoc-gen-es that package.json pins.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
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
