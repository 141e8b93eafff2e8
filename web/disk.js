// Keeps the pages of the program's database in IndexedDB; client/platform/disk.hpp says what the program
// may rely on. Stores of the database `shenbao`:
//   pages   page number from 0 -> Uint8Array of 4096 bytes
//   meta    "database" -> { page_bytes, page_count, sequence, saved_at (ms), writer, user_version }
//   blobs   SHA-256 -> Blob, for scans
// Each commit is one strict transaction that first checks that what lies there is what this page wrote
// or read last; if not, it is given up and nothing is overwritten.
import { Refused, hold_tab } from "./tab.js";

const database_name = "shenbao";
const layout = 1; // Of the stores. IndexedDB itself refuses a page that knows only a lower one.
const page_bytes = 4096;
const user_version_at = 60; // In page 0, four bytes, big-endian (SQLite's file format).
const patience_ms = 10000; // For one answer of IndexedDB; some browsers have bugs that never answer.
const pauses_ms = [40, 200, 1000]; // Before each further attempt.

class TakenOver extends Error {}
class Lost extends Error {}

// [outcome of shared/base/outcome.hpp, detail]
function fault_of(error) {
    const detail = `${error && error.name}: ${error && error.message}`;
    if (error instanceof TakenOver) return ["storage_busy", detail];
    if (error && error.name === "QuotaExceededError") return ["storage_full", detail];
    if (error && error.name === "VersionError") return ["storage_newer", detail];
    return ["storage_failed", detail];
}

function in_time(promise) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error("IndexedDB does not answer")), patience_ms);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// Without a version: as it is, whatever page made it.
function open_database(version) {
    return in_time(new Promise((resolve, reject) => {
        const request = indexedDB.open(database_name, version);
        request.onupgradeneeded = () => {
            for (const store of ["pages", "meta", "blobs"]) request.result.createObjectStore(store);
        };
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    }));
}

// All that is stored: { record or undefined, pages: Map }.
function read_all(database) {
    return in_time(new Promise((resolve, reject) => {
        const transaction = database.transaction(["pages", "meta"], "readonly");
        const record = transaction.objectStore("meta").get("database");
        const keys = transaction.objectStore("pages").getAllKeys();
        const values = transaction.objectStore("pages").getAll();
        transaction.oncomplete = () => resolve({
            record: record.result,
            pages: new Map(keys.result.map((key, i) => [key, values.result[i]])),
        });
        transaction.onabort = () => reject(transaction.error);
    }));
}

function random_name() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function download(name, parts) {
    const url = URL.createObjectURL(new Blob(parts, { type: "application/vnd.sqlite3" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
}

function rescue_name(rehearsal) {
    const two = (number) => String(number).padStart(2, "0");
    const now = new Date();
    return `${rehearsal ? "演练-" : ""}申报数据-${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}-` +
        `${two(now.getHours())}${two(now.getMinutes())}.sqlite`;
}

function keep_on_page(event) {
    event.preventDefault();
    event.returnValue = ""; // Older browsers ask only then.
}

// The newer batch over the older one.
function merge(older, newer) {
    if (!older) return newer;
    if (!newer) return older;
    if (newer.whole) return newer;
    for (const [page, bytes] of newer.pages) older.pages.set(page, bytes);
    for (const page of older.pages.keys()) if (page >= newer.page_count) older.pages.delete(page);
    return { ...older, sequence: newer.sequence, page_count: newer.page_count };
}

class Disk {
    constructor(say) {
        this.say = say;
        this.program = null;
        this.database = null;
        this.writer = random_name();
        this.known = { writer: "", sequence: 0, page_count: 0, user_version: 0 }; // As it lies there.
        this.given = 0;      // Sequence of the newest commit of the program.
        this.saved = 0;      // Of the newest that is durable.
        this.saved_at = 0;
        this.waiting = null; // { sequence, page_count, pages, whole }
        this.running = false;
        this.attempts_left = 0; // Of a run, before it ends with a fault.
        this.fault = null;
        this.left = false;   // To another tab.
        this.replacing = false;
        this.missed = false; // Something was committed while replacing.
        this.guarded = false;
        this.persistence = 0; // disk.hpp, Persistence
        this.durability = "unknown";
        this.offline = null;
    }

    async open() { this.database = this.watch(await open_database(layout)); }

    async load() {
        try {
            await this.open();
            const { record, pages } = await read_all(this.database);
            this.pages = pages;
            if (record) {
                if (record.page_bytes !== page_bytes) throw new DOMException("page size", "VersionError");
                this.known = record;
            } else {
                this.known.page_count = pages.size ? Math.max(...pages.keys()) + 1 : 0;
            }
        } catch (error) {
            throw this.refusal(...fault_of(error));
        }
        this.given = this.saved = this.known.sequence;
        this.saved_at = this.known.saved_at || 0;
        if (navigator.storage && navigator.storage.persisted)
            navigator.storage.persisted().then((yes) => { if (yes) this.persistence = 1; }, () => {});
    }

    // The program is there and hears of changes.
    attach(program) { this.program = program; }

    get pending() { return this.given - this.saved; }

    // disk.hpp, SaveState
    get state() { return this.fault ? 2 : this.pending > 0 ? 1 : 0; }

    watch(database) {
        const gone = () => { if (this.database === database) this.database = null; };
        database.onclose = gone;
        // A newer page wants other stores, or the person clears the site's data: let it.
        database.onversionchange = () => { database.close(); gone(); };
        return database;
    }

    // --- calls of the program, see client/platform/disk_imports.js

    commit(sequence, page_count, pages) {
        if (this.replacing) { // The page is about to be loaded again with other data.
            this.missed = true;
            return;
        }
        this.given = sequence;
        this.waiting = merge(this.waiting, { sequence, page_count, pages, whole: false });
        this.run();
    }

    retry() {
        if (this.running) { // One attempt more, should that on its way fail.
            this.attempts_left = Math.max(this.attempts_left, 1);
            return;
        }
        if (!this.waiting) this.fault = null;
        this.run();
    }

    ask_to_persist() {
        if (!navigator.storage || !navigator.storage.persist) return;
        navigator.storage.persist().then((yes) => { this.persistence = yes ? 1 : 2; this.tell(); }, () => {});
    }

    download(bytes, rehearsal) { download(rescue_name(rehearsal), [bytes]); }

    // All other data in place of what is there; the page starts again with it.
    async replace(bytes) {
        this.replacing = true;
        const pages = new Map();
        for (let page = 0; page * page_bytes < bytes.length; ++page)
            pages.set(page, bytes.slice(page * page_bytes, (page + 1) * page_bytes));
        this.given += 1;
        this.waiting = { sequence: this.given, page_count: pages.size, pages, whole: true };
        await this.run();
        if (!this.fault) {
            window.location.reload();
            return;
        }
        this.waiting = null; // Nothing was changed, and the program goes on with what it has.
        this.given = this.saved;
        this.replacing = false;
        if (this.missed) {
            // What was committed meanwhile is saved as a whole: its pages were let go.
            this.missed = false;
            this.program._shenbao_disk_everything();
        }
        this.guard();
        this.tell();
    }

    // --- saving

    async run() {
        this.guard();
        if (this.running || !this.waiting) return;
        if (this.left) {
            this.fault = fault_of(new TakenOver("left to another tab"));
            this.tell();
            return;
        }
        this.running = true;
        // After a failure each new commit is one more attempt; the first failure is given several.
        this.attempts_left = this.fault ? 0 : pauses_ms.length;
        while (this.waiting) {
            const batch = this.waiting;
            this.waiting = null;
            const error = await this.write(batch).then(() => null, (reason) => reason || new Error("aborted"));
            if (!error) {
                this.saved = batch.sequence;
                this.fault = null;
                this.attempts_left = pauses_ms.length;
                this.tell();
                continue;
            }
            this.waiting = merge(batch, this.waiting);
            if (this.database) this.database.close(); // The next attempt has a fresh connection.
            this.database = null;
            if (error instanceof Lost && this.send_everything()) continue;
            const fault = fault_of(error);
            const hopeless = fault[0] === "storage_busy" || fault[0] === "storage_newer";
            if (hopeless || this.attempts_left === 0) {
                console.error("disk", ...fault);
                this.fault = fault;
                break;
            }
            await new Promise((resolve) => setTimeout(resolve, pauses_ms[pauses_ms.length - this.attempts_left]));
            this.attempts_left -= 1;
        }
        this.running = false;
        if (this.fault) this.tell();
    }

    async write(batch) {
        if (!this.database) await this.open();
        const record = {
            page_bytes,
            page_count: batch.page_count,
            sequence: batch.sequence,
            saved_at: Date.now(),
            writer: this.writer,
            user_version: this.known.user_version,
        };
        const first = batch.pages.get(0);
        if (first) record.user_version = new DataView(first.buffer, first.byteOffset).getUint32(user_version_at);
        const transaction = this.database.transaction(["pages", "meta"], "readwrite", { durability: "strict" });
        this.durability = transaction.durability || "default";
        let found_wrong = null;
        const complete = new Promise((resolve, reject) => {
            transaction.oncomplete = resolve;
            transaction.onabort = () => reject(found_wrong || transaction.error);
        });
        complete.catch(() => {}); // It is waited for below, unless something is thrown before.
        try {
            this.request_all(transaction, batch, record, (error) => { found_wrong = error; });
            await in_time(complete);
        } catch (error) {
            try { transaction.abort(); } catch { /* It was over already. */ }
            throw error;
        }
        this.known = record;
        this.saved_at = record.saved_at;
    }

    request_all(transaction, batch, record, refuse) {
        const pages = transaction.objectStore("pages"), meta = transaction.objectStore("meta");
        const found = meta.get("database");
        found.onsuccess = () => {
            const wrong = this.judge(found.result, batch);
            if (wrong) {
                refuse(wrong);
                transaction.abort();
            } else if (transaction.commit) {
                transaction.commit(); // Not waiting for each request's answer.
            }
        };
        if (batch.whole) pages.clear();
        else if (batch.page_count < this.known.page_count) pages.delete(IDBKeyRange.lowerBound(batch.page_count));
        for (const [page, bytes] of batch.pages) pages.put(bytes, page);
        meta.put(record, "database");
    }

    // Null when what lies there is what this page knows. Its own writer's name settles it even if an
    // earlier attempt succeeded without this page hearing of it.
    judge(found, batch) {
        if (!found) return this.known.sequence === 0 || batch.whole ? null : new Lost("the stored data is gone");
        if (found.writer === this.writer) return null;
        if (found.writer === this.known.writer && found.sequence === this.known.sequence) return null;
        return new TakenOver("another page has written");
    }

    // The browser has thrown the stored pages away while this page was open: all of them go out again.
    send_everything() {
        if (!this.program || this.replacing) return false;
        this.known = { writer: "", sequence: 0, page_count: 0, user_version: 0 };
        this.program._shenbao_disk_everything();
        this.waiting.whole = true;
        return true;
    }

    guard() {
        const wanted = this.pending > 0 && !this.left;
        if (wanted === this.guarded) return;
        this.guarded = wanted;
        if (wanted) window.addEventListener("beforeunload", keep_on_page);
        else window.removeEventListener("beforeunload", keep_on_page);
    }

    tell() {
        this.guard();
        if (this.program && !this.replacing) this.program._shenbao_disk_changed();
    }

    // --- another tab asks for the place

    async may_leave() {
        for (let tries = 0; this.pending > 0 && tries < 20; ++tries)
            await new Promise((resolve) => setTimeout(resolve, 100));
        return this.pending === 0 && !this.replacing;
    }

    leave() {
        this.left = true;
        if (this.database) this.database.close();
        this.database = null;
    }

    // --- when it cannot start

    refuse(outcome, sentence, detail) {
        console.error("disk", outcome, detail);
        const refused = this.refusal(outcome, detail, sentence);
        this.say(refused.title, refused.text, refused.choices);
    }

    refusal(outcome, detail, sentence) {
        const again = ["重新打开", () => window.location.reload()];
        const keep = ["下载数据文件", () => this.download_stored()];
        switch (outcome) {
        case "storage_newer":
            return new Refused("请更新程序",
                "这里的内容由更新版本的程序写成，本页没有改动它。请联网后点“更新程序”。",
                [["更新程序", () => this.look_for_update()], keep]);
        case "storage_full":
            return new Refused("磁盘已满", "浏览器没有空间保存内容。请清理磁盘后重新打开，以前填写的内容还在。", [again]);
        case "storage_failed":
        case "storage_foreign":
            if (!this.database)
                return new Refused("浏览器不允许本页保存数据",
                    "填写的内容无处可存。请关闭无痕模式，或在浏览器设置中允许本网站保存数据；" +
                    "如果刚才还能使用，请重启浏览器后再打开。", [again]);
            return new Refused("保存的内容读不出来",
                `本机保存的内容已损坏，程序没有改动它。请先下载数据文件，交给技术支持。（${detail}）`, [keep, again]);
        default:
            return new Refused("没有打开", sentence || "请重新打开；以前填写的内容还在本机，没有丢失。", [again]);
        }
    }

    // The stored pages as they are, for those who can read them.
    async download_stored() {
        const database = await open_database();
        const { pages } = await read_all(database);
        database.close();
        const count = pages.size ? Math.max(...pages.keys()) + 1 : 0;
        const file = new Uint8Array(count * page_bytes);
        for (const [page, bytes] of pages) file.set(bytes.subarray(0, page_bytes), page * page_bytes);
        download(rescue_name(), [file]);
    }

    async look_for_update() {
        this.say("正在查找更新", "请稍候……");
        if (this.offline && await this.offline.find_update()) {
            this.offline.use_update();
            return;
        }
        this.say("暂时没有更新的程序", "请联网后再试，或稍后重新打开。以前填写的内容还在本机，没有丢失。",
            [["重新打开", () => window.location.reload()], ["下载数据文件", () => this.download_stored()]]);
    }
}

// The disk with everything stored read, once this tab is the one that writes. Throws Refused.
export async function open_disk(say) {
    const tab = await hold_tab(say);
    const disk = new Disk(say);
    tab.may_leave = () => disk.may_leave();
    tab.leave = () => disk.leave();
    await disk.load();
    return disk;
}

export { Refused };
