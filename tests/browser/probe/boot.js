// Starts the disk probe as web/boot.js starts the program, and offers it to the test as window.probe.
import { Refused, open_disk } from "./disk.js";
import { hide_notice, say } from "./notice.js";
import { Offline } from "./offline.js";
import make_program from "./shenbao.js";

const bytes_of = (text) => typeof text === "string" ? new TextEncoder().encode(text) : text;

async function start() {
    const disk = await open_disk(say);
    const offline = disk.offline = new Offline(disk);
    const program = await make_program({
        disk,
        offline,
        noInitialRun: true,
        instantiateWasm(imports, done) {
            WebAssembly.instantiateStreaming(fetch("shenbao.wasm"), imports)
                .then(({ instance, module }) => done(instance, module));
            return {};
        },
    });
    disk.attach(program);
    offline.attach(program);
    hide_notice();
    const text = (at) => {
        const memory = program.memory();
        return new TextDecoder().decode(memory.slice(at, memory.indexOf(0, at)));
    };
    const bring = (content) => {
        const bytes = bytes_of(content);
        const at = program._probe_room(bytes.length);
        program.memory().set(bytes, at);
    };
    const saved_after = (sequence) => new Promise((resolve, reject) => {
        const look = () => {
            if (disk.saved >= sequence) resolve();
            else if (disk.fault) reject(new Error(disk.fault.join(" ")));
            else setTimeout(look, 0);
        };
        look();
    });
    const probe = {
        disk, offline,
        bring,
        type(row, typed) { bring(typed); program._probe_type(row); return disk.given; },
        run(sql, commits = true) { bring(sql); program._probe_run(commits ? 1 : 0); return disk.given; },
        rows: () => text(program._probe_rows()),
        integrity: () => text(program._probe_integrity()),
        saving() {
            const [state, saved, pending, outcome, heard, persistence, readiness, update] =
                text(program._probe_saving()).split(" ");
            return { state, saved: Number(saved), pending: Number(pending), outcome, heard: Number(heard),
                persistence: Number(persistence), readiness: Number(readiness), update: update === "1" };
        },
        saved_after,
        async save(row, typed) { await saved_after(probe.type(row, typed)); },
        retry: () => program._probe_retry(),
        download: () => program._probe_download(),
        restore(bytes, schema) { bring(bytes); return text(program._probe_restore(schema)); },
        use_update: () => program._probe_use_update() === 1,
    };
    probe.started = text(program._probe_start(Number(new URLSearchParams(window.location.search).get("schema") || 1)));
    window.probe = probe;
    window.__shenbao = { get saved() { return disk.saved; }, get pending() { return disk.pending; } };
    offline.start();
}

start().catch((fault) => {
    if (fault instanceof Refused) say(fault.title, fault.text, fault.choices);
    else say("没有打开", String(fault));
});
