// The real server over a data folder of its own: the binary and the page as scripts/build made them,
// with the demo's roster and catalogue unless others are given.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "./site.mjs";

const program = process.env.SHENBAO_BINARY || path.join(root, "build/native/shenbao");
const web = process.env.SHENBAO_WEB || path.join(root, "build/web");
export const demo = path.join(root, "scripts/demo-data");

export const run = (...options) => execFileSync(program, options, { encoding: "utf8" });

// Rows of a CSV without quotes: our made-up lists have none.
export const csv_rows = (text) =>
    text.replace(/^\uFEFF/, "").trim().split(/\r?\n/).map((line) => line.split(","));

export class Server {
    // units: a file, or a list of {id, name, kind, city, review_by}; notice: a folder with another package.
    constructor({ units = path.join(demo, "units.csv"), catalogue = path.join(demo, "catalogue.csv"),
        clock = "2023-03-29T09:00:00+08:00", notice } = {}) {
        this.clock = clock;
        this.port = 0; // The system's choice, then the same again: it is part of the page's origin.
        this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "shenbao-server-"));
        this.data = path.join(this.folder, "data");
        run("init", "--data", this.data, ...(notice ? ["--notice", notice] : []));
        run("units", "import", "--data", this.data, Array.isArray(units) ? this.write_units(units) : units);
        run("catalogue", "import", "--data", this.data, catalogue);
        const codes = path.join(this.folder, "codes.csv");
        run("codes", "new", "--data", this.data, "--all", "--out", codes);
        this.codes = new Map(csv_rows(fs.readFileSync(codes, "utf8")).map((row) => [row[0], row[3]])); // By unit.
    }

    // A machine without a screen, by the name of its store: device(name)(act, ...options).
    device(name) {
        return (act, ...options) => run("device", act, "--store", path.join(this.folder, `${name}.sqlite`), ...options);
    }

    // One more code, for another machine of the unit.
    new_code(unit) { return run("codes", "new", "--data", this.data, "--unit", unit).trim().split(",").at(-1); }

    // The declaration of a certificate in the spring round.
    filing_of(certificate) {
        return JSON.parse(run("summary", "sources", "--data", this.data, "--period", "2023-spring", "--format", "json"))
            .rows.find((row) => row.certificate === certificate.id).filing;
    }

    write_units(units) {
        const heads = ["id", "name", "kind", "city", "review_by"];
        const file = path.join(this.folder, "units.csv");
        fs.writeFileSync(file, [heads, ...units.map((unit) => heads.map((head) => unit[head]))].join("\n"));
        return file;
    }

    start() {
        this.process = spawn(program, ["serve", "--data", this.data, "--web", web, "--listen", `127.0.0.1:${this.port}`,
            "--clock", this.clock], { stdio: ["ignore", "ignore", "pipe"] });
        return new Promise((resolve, reject) => {
            let said = "";
            this.process.stderr.on("data", (piece) => {
                said += piece;
                const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
                if (!found) return;
                this.port = Number(found[1]);
                this.url = `http://127.0.0.1:${this.port}/`;
                resolve();
            });
            this.process.on("exit", () => reject(new Error(said)));
        });
    }

    stop() {
        if (this.process.exitCode !== null || this.process.signalCode !== null) return Promise.resolve();
        const ended = new Promise((resolve) => this.process.once("exit", resolve));
        this.process.kill();
        return ended;
    }

    // Another, later time of the rehearsal: the same data under the same address.
    async turn_to(clock) {
        await this.stop();
        this.clock = clock;
        await this.start();
    }

    async remove() {
        await this.stop();
        fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }
}
