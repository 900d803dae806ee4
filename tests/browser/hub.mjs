// A real hub on loopback with a data directory of its own, a made-up district loaded, and the console's pages behind it.
import { execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const HUB = process.env.RELIEF_HUB ?? join(ROOT, "build/release/server/relief-hub");
const CLIENT = process.env.RELIEF_CLIENT ?? join(ROOT, "build/release/adapters/relief");
const AS_OF = "2026-10-31";
const PEOPLE = process.env.RELIEF_PEOPLE ?? "2000";
export const PASSWORD = "try-the-console";
export const PATIENCE = 300_000; // milliseconds for what must happen, however slow the machine: nothing is judged by the time

// Below those that the system gives to outgoing connections: nobody takes it before the hub does.
async function freePort() {
  const [first] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split(/\s+/).map(Number);
  for (;;) {
    const port = await tryPort(first > 12_000 ? randomInt(10_000, first) : 0);
    if (port) return port;
  }
}

function tryPort(wanted) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(0));
    server.listen(wanted, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Hub {
  // `district`: with a made-up district loaded; else empty. Where tests/browser/run says where (RELIEF_DISTRICT), the first to need
  // the district loads it, and the others begin with a copy. `config`: what else its configuration says, as text.
  static async start({ district = true, config = "" } = {}) {
    for (const file of [HUB, CLIENT, join(ROOT, "console/dist/index.html")])
      if (!existsSync(file)) throw new Error(`${file} is not there: build first (tests/run does)`);
    const hub = new Hub(mkdtempSync(join(tmpdir(), "relief-browser-")), config);
    const kept = process.env.RELIEF_DISTRICT && join(process.env.RELIEF_DISTRICT, "data");
    const loaded = district && kept && existsSync(kept);
    if (loaded) cpSync(kept, hub.data, { recursive: true });
    await hub.run();
    if (district && !loaded) {
      hub.loadDistrict();
      if (kept) {
        await hub.end();
        cpSync(hub.data, kept, { recursive: true });
        await hub.run();
      }
    }
    return hub;
  }

  constructor(directory, besides) {
    this.directory = directory;
    this.besides = besides;
    this.data = join(directory, "data");
  }

  async run() {
    this.port = await freePort();
    const consolePort = await freePort();
    this.address = `http://127.0.0.1:${consolePort}`;
    const log = openSync(join(this.directory, "hub.log"), "a");
    const options = ["--config", this.config(), "--listen", `127.0.0.1:${this.port}`];
    options.push("--console", `127.0.0.1:${consolePort}`, "--data", this.data, "--as-of", AS_OF);
    this.process = spawn(HUB, options, { stdio: ["ignore", log, log] });
    this.ended = new Promise((resolve) => this.process.once("exit", resolve));
    await this.ready();
  }

  // The one for development, with what it leaves out: backups, and reports by the calendar.
  config() {
    const path = join(this.directory, "hub.textproto");
    const development = readFileSync(join(ROOT, "deploy/config/dev.textproto"), "utf8");
    const here = development
      .replace(/"\.\.\/\.\.\//g, `"${ROOT}/`)
      .replace(/"\.\.\//g, `"${join(ROOT, "deploy")}/`)
      .replace('"dev-accounts', `"${join(ROOT, "deploy/config")}/dev-accounts`);
    const backups = join(this.directory, "backups");
    const reports = join(this.directory, "reports");
    mkdirSync(backups, { recursive: true });
    mkdirSync(reports, { recursive: true });
    const schedules = `
storage { backup_directory: "${backups}" }
report_schedules { name: "monthly" every: MONTH day: 3 time: "06:00" directory: "${reports}" monthly_summary { region_prefix: "3713" } }
report_schedules { name: "counties" every: WEEK day: 1 time: "05:30" directory: "${reports}"
  gap_report { format: EXPORT_XLSX report { filter { region_prefix: "3713" } region_digits: 6 compare: true } } }
`;
    writeFileSync(path, here + schedules + this.besides);
    return path;
  }

  async ready() {
    for (const end = Date.now() + PATIENCE; Date.now() < end;) {
      if (this.process.exitCode !== null) throw new Error(`the hub did not start: see ${this.directory}/hub.log`);
      const answer = await fetch(`${this.address}/ready`).catch(() => null);
      if (answer?.ok) return;
      await pause(100);
    }
    throw new Error("the hub does not answer");
  }

  loadDistrict() {
    const out = join(this.directory, "exports");
    const make = ["tests/tools/synth_county.py", "--out", out, "--people", PEOPLE, "--seed", "7", "--errors", "3"];
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
    const all = [command, ...rest, "--server", `127.0.0.1:${this.port}`];
    return execFileSync(CLIENT, all, { encoding: "utf8", env: { ...process.env, LANG: "C.UTF-8" }, stdio: ["ignore", "pipe", "pipe"] });
  }

  // A file for `load`, named by what it is.
  file(name, text) {
    const folder = join(this.directory, "files");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }

  async end() {
    this.process.kill("SIGTERM");
    await this.ended;
  }

  async stop() {
    await this.end();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
