// The page's side of the service worker (sw.js): registers it, knows whether the program can start
// without a network and whether a newer one is complete on this machine, and changes to it when asked.

const look_again_ms = 3600 * 1000;
const find_patience_ms = 60000;

export class Offline {
    constructor(disk) {
        this.disk = disk;
        this.program = null;
        this.registration = null;
        this.readiness = 0; // client/platform/offline.hpp, Readiness
        this.newest = null; // Build that the worker holds whole.
        this.running = document.documentElement.dataset.build || "";
        this.looked_at = 0;
    }

    attach(program) { this.program = program; }

    get update_waiting() { return this.newest !== null && this.newest !== this.running; }

    // Called when the page has started, so that the worker does not take the line away from it.
    async start() {
        const workers = navigator.serviceWorker;
        if (!workers || !this.running) return;
        this.change(1);
        workers.addEventListener("controllerchange", () => this.ask());
        try {
            this.registration = await workers.register("sw.js", { updateViaCache: "none" });
        } catch (error) {
            console.warn("service worker", error);
            this.change(0);
            return;
        }
        const watch = () => {
            const worker = this.registration.installing;
            if (worker) worker.addEventListener("statechange", () => {
                if (worker.state === "redundant" && this.newest === null) this.change(0);
            });
        };
        watch();
        this.registration.addEventListener("updatefound", watch);
        if (workers.controller) this.ask();
        const look = () => {
            if (!document.hidden && navigator.onLine && Date.now() - this.looked_at > look_again_ms) this.look();
        };
        this.looked_at = Date.now(); // Loading the page was a look.
        document.addEventListener("visibilitychange", look);
        window.addEventListener("online", look);
    }

    look() {
        this.looked_at = Date.now();
        return this.registration.update().catch(() => {}); // No line: there is no newer program for now.
    }

    // Asks the worker that serves this page; null when there is none.
    tell_worker(message) {
        const worker = navigator.serviceWorker.controller;
        if (!worker) return Promise.resolve(null);
        return new Promise((resolve) => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = (answer) => resolve(answer.data);
            worker.postMessage(message, [port2]);
        });
    }

    async ask() {
        const answer = await this.tell_worker({ ask: "status", running: this.running });
        if (!answer) return;
        this.newest = answer.newest;
        this.change(answer.newest === null ? 0 : 2);
    }

    change(readiness) {
        this.readiness = readiness;
        if (this.program) this.program._shenbao_offline_changed();
    }

    // Never while something is not saved: false, and nothing happens.
    use_update() {
        if (!this.update_waiting || this.disk.pending > 0) return false;
        this.tell_worker({ ask: "use", build: this.newest }).then((used) => {
            if (used && this.disk.pending === 0) window.location.reload();
        });
        return true;
    }

    // For a page that cannot go on without a newer program: looks for one and waits until it is complete.
    async find_update() {
        if (!navigator.serviceWorker) return false;
        if (!this.registration) this.registration = await navigator.serviceWorker.getRegistration();
        if (!this.registration) return false;
        await this.look();
        const until = Date.now() + find_patience_ms;
        const busy = () => this.registration.installing || this.registration.waiting;
        do {
            await this.ask();
            if (this.update_waiting) return true;
            await new Promise((resolve) => setTimeout(resolve, 250));
        } while (busy() && Date.now() < until);
        await this.ask();
        return this.update_waiting;
    }
}
