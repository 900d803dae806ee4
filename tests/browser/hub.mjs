// A real hub on loopback with a data directory of its own, a made-up district loaded, and the console's pages behind it.
import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";
import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const HUB = process.env.RELIEF_HUB ?? join(ROOT, "build/release/server/relief-hub");
const CLIENT = process.env.RELIEF_CLIENT ?? join(ROOT, "build/release/adapters/relief");
export const AS_OF = "2026-10-31";
export const PASSWORD = "try-the-console";

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Hub {
  // `people`: size of the district that is loaded; 0 loads nothing.
  static async start({ people = 1500, seed = 3, config = join(ROOT, "deploy/config/dev.textproto"), asOf = AS_OF } = {}) {
    for (const file of [HUB, CLIENT, join(ROOT, "console/dist/index.html")])
      if (!existsSync(file)) throw new Error(`${file} is not there: build first (tests/run does)`);
    const hub = new Hub();
    hub.directory = mkdtempSync(join(tmpdir(), "relief-browser-"));
    hub.port = await freePort();
    hub.consolePort = await freePort();
    hub.address = `http://127.0.0.1:${hub.consolePort}`;
    const log = openSync(join(hub.directory, "hub.log"), "a");
    const options = ["--config", config, "--listen", `127.0.0.1:${hub.port}`, "--console", `127.0.0.1:${hub.consolePort}`];
    options.push("--data", join(hub.directory, "data"), "--as-of", asOf);
    hub.process = spawn(HUB, options, { stdio: ["ignore", log, log] });
    hub.ended = new Promise((resolve) => hub.process.once("exit", resolve));
    await hub.ready();
    if (people > 0) hub.loadDistrict(people, seed);
    return hub;
  }

  async ready() {
    for (let i = 0; i < 600; ++i) {
      if (this.process.exitCode !== null) throw new Error(`the hub did not start: see ${this.directory}/hub.log`);
      const answer = await fetch(`${this.address}/ready`).catch(() => null);
      if (answer?.ok) return;
      await pause(100);
    }
    throw new Error("the hub does not answer");
  }

  loadDistrict(people, seed) {
    const out = join(this.directory, "exports");
    const make = ["tests/tools/synth_county.py", "--out", out, "--people", String(people), "--seed", String(seed)];
    execFileSync("python3", make, { cwd: ROOT, stdio: "ignore" });
    this.load(out);
  }

  // Loads files as `relief load` does. Rejected rows are expected in dirty exports (exit code 3).
  load(path) {
    try {
      this.client("load", path, "--rejects", join(this.directory, "rejects.csv"));
    } catch (error) {
      if (error.status !== 3) throw error;
    }
  }

  client(command, ...rest) {
    const all = [command, "--server", `127.0.0.1:${this.port}`, ...rest];
    return execFileSync(CLIENT, all, { encoding: "utf8", env: { ...process.env, LANG: "C.UTF-8" }, stdio: ["ignore", "pipe", "pipe"] });
  }

  // A file for `load`, named by what it is.
  file(name, text) {
    const folder = join(this.directory, "files");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }

  async stop() {
    this.process.kill("SIGTERM");
    await this.ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}
