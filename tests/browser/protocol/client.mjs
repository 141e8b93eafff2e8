// A client for the protocol, made from its text alone: keys, compact JWS, envelopes and the wire.
//
// Nothing here shares a line with the program. Where the program and this file agree, two readers
// of the same page agree; where they do not, one of them is wrong and checker.mjs says so.

import http from "node:http";
import { createHash, createPrivateKey, randomBytes, sign as sign_bytes, webcrypto } from "node:crypto";
import { CompactSign, calculateJwkThumbprint, compactVerify, exportJWK, generateKeyPair,
         importJWK } from "jose";

globalThis.crypto ??= webcrypto; // Node.js 18 has it under another name only.

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
export const base64url = (bytes) => Buffer.from(bytes).toString("base64url");
export const from_base64url = (text) => Buffer.from(text, "base64url");

// RFC 3339 with the one offset the protocol allows.
export const time_pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+08:00$/;
export const uuid7_pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

// A UUIDv7 (RFC 9562) by this machine's clock: the protocol ties no id to the server's time.
export function uuid7(now = Date.now()) {
    const bytes = randomBytes(16);
    bytes.writeUIntBE(now, 0, 6);
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = bytes.toString("hex");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20),
            hex.slice(20)].join("-");
}

const to_bytes = (payload) => Buffer.isBuffer(payload) ? payload
    : Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload), "utf8");

// One signing key. Objects are written as JSON, strings and buffers are signed as they are, so
// that a test can sign what no JSON library would write.
export class Device {
    static async make(name) {
        const pair = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
        const secret = await exportJWK(pair.privateKey);
        const device = new Device();
        device.name = name;
        device.private_key = pair.privateKey;
        device.raw_key = createPrivateKey({ key: secret, format: "jwk" });
        device.jwk = { kty: "OKP", crv: "Ed25519", x: secret.x };
        device.kid = await calculateJwkThumbprint(device.jwk, "sha256");
        return device;
    }

    sign(payload, header = { alg: "EdDSA", kid: this.kid }) {
        return new CompactSign(to_bytes(payload)).setProtectedHeader(header).sign(this.private_key);
    }

    // Signs under a header text that need not be a lawful one.
    sign_raw(header_text, payload) {
        const input = `${base64url(header_text)}.${base64url(to_bytes(payload))}`;
        return `${input}.${base64url(sign_bytes(null, Buffer.from(input), this.raw_key))}`;
    }
}

// The payload of a compact JWS as text, nothing verified.
export const payload_text = (jws) => from_base64url(jws.split(".")[1]).toString("utf8");
export const payload_of = (jws) => JSON.parse(payload_text(jws));
export const header_of = (jws) => JSON.parse(from_base64url(jws.split(".")[0]).toString("utf8"));

// The payload when the signature is this key's and the header is exactly alg and kid; else null.
export async function verified(jws, jwk) {
    try {
        const { payload, protectedHeader: header } =
            await compactVerify(jws, await importJWK(jwk, "EdDSA"), { algorithms: ["EdDSA"] });
        const kid = await calculateJwkThumbprint(jwk, "sha256");
        const exact = Object.keys(header).sort().join() === "alg,kid" && header.kid === kid;
        return exact ? JSON.parse(Buffer.from(payload).toString("utf8")) : null;
    } catch {
        return null;
    }
}

// The same signed bytes spelt with a stray spare bit in part 0, 1 or 2 of the JWS; null when that
// part has no spare bits to set.
export function with_spare_bits(jws, part) {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const parts = jws.split(".");
    const text = parts[part];
    if (text.length % 4 === 0) return null;
    const last = alphabet.indexOf(text.at(-1));
    parts[part] = text.slice(0, -1) + alphabet[last | 1];
    return parts.join(".");
}

// The same bytes with the padding that RFC 7515 leaves out.
export function with_padding(jws, part) {
    const parts = jws.split(".");
    if (parts[part].length % 4 === 0) return null;
    parts[part] = parts[part].padEnd(Math.ceil(parts[part].length / 4) * 4, "=");
    return parts.join(".");
}

// One HTTP exchange, nothing decoded on the way: a server may answer before it has read the whole
// body (413), so the answer wins over a broken pipe.
export function exchange(origin, method, path, { headers = {}, body = null, chunked = false } = {}) {
    return new Promise((resolve, reject) => {
        const sent = { ...headers };
        const bytes = body === null ? null : Buffer.from(body);
        if (bytes !== null && !chunked) sent["Content-Length"] = bytes.length;
        const request = http.request(new URL(path, origin), { method, headers: sent, agent: false });
        let answered = false;
        request.setTimeout(60_000, () => request.destroy(new Error(`${method} ${path}: no answer`)));
        request.on("error", (error) => { if (!answered) reject(error); });
        request.on("response", (response) => {
            answered = true;
            const parts = [];
            const done = () => resolve(new Answer(response, Buffer.concat(parts)));
            response.on("data", (part) => parts.push(part));
            response.on("end", done);
            response.on("error", done);
        });
        if (bytes !== null && chunked) {
            for (let at = 0; at < bytes.length; at += 65_536)
                request.write(bytes.subarray(at, at + 65_536));
        } else if (bytes !== null) {
            request.write(bytes);
        }
        request.end();
    });
}

class Answer {
    constructor(response, bytes) {
        this.status = response.statusCode;
        this.headers = response.headers;
        this.bytes = bytes;
    }
    get text() { return this.bytes.toString("utf8"); }
    get type() { return (this.headers["content-type"] ?? "").split(";")[0].trim().toLowerCase(); }
    get etag() { return this.headers.etag; }
    // undefined when the body is no JSON.
    get json() {
        try { return JSON.parse(this.text); } catch { return undefined; }
    }
    toString() { return `${this.status} ${this.type} ${this.text.slice(0, 300)}`; }
}

// A server as one device sees it: where it is, the key it pins, the newest anchor, the token.
export class Connection {
    constructor(origin, device = null) {
        this.origin = origin;
        this.device = device;
        this.token = null;
        this.unit = null;
    }

    get(path, { headers = {} } = {}) {
        const bearer = this.token === null ? {} : { Authorization: `Bearer ${this.token}` };
        return exchange(this.origin, "GET", path, { headers: { ...bearer, ...headers } });
    }

    post(path, type, body, options = {}) {
        const headers = { ...(type === null ? {} : { "Content-Type": type }), ...options.headers };
        return exchange(this.origin, "POST", path, { ...options, headers, body });
    }

    // Takes over what the server says of itself, the anchor above all.
    async greet() {
        const answer = await this.get("/api/v1/server");
        this.server = answer.json;
        this.server_key = this.server.server_key;
        this.anchor = this.server.anchor;
        this.notice = `${this.server.notice.id}@${this.server.notice.sha256}`;
        return answer;
    }

    async enrolment(code, device_name, made_at) {
        const payload = { kind: "enrolment", code, device: device_name, made_at };
        return this.device.sign(payload, { alg: "EdDSA", jwk: this.device.jwk });
    }

    async enrol(code, device_name, made_at) {
        const answer = await this.post("/api/v1/enrolments", "application/jose",
                                       await this.enrolment(code, device_name, made_at));
        if (answer.json?.unit) {
            this.unit = answer.json.unit;
            this.role = answer.json.role;
        }
        return answer;
    }

    async session_jws(changes = {}) {
        await this.greet();
        return this.device.sign({ kind: "session", server: header_of(this.anchor).kid,
                                  anchor: this.anchor, ...changes });
    }

    async log_in() {
        const answer = await this.post("/api/v1/sessions", "application/jose",
                                       await this.session_jws());
        this.token = answer.json?.token ?? null;
        return answer;
    }

    // The members every envelope has, then those of its kind.
    payload(kind, members) {
        return { kind, id: uuid7(), unit: this.unit.id, notice: this.notice,
                 made_at: this.made_at ?? "2023-03-29T08:30:00+08:00", anchor: this.anchor,
                 ...members };
    }

    filing(form, period, answers, members = {}) {
        const payload = this.payload("filing", { form, period, root: null, replaces: null, answers,
                                                 notes: {}, attachments: [], ...members });
        if (payload.root === null) payload.root = payload.id;
        return payload;
    }

    declaration(certificate, level, headcount, members = {}) {
        return this.filing("declaration", "2023-spring", { certificate, level, headcount }, members);
    }

    withdrawal(target, reason = "重复填报，撤回") {
        return this.payload("withdrawal", { target, reason });
    }

    send_text(text, options = {}) {
        return this.post("/api/v1/envelopes", "text/plain", text, options);
    }

    // Sends signed lines; the answer carries `.results`, one object a line, or null when the
    // answer is not one JSON object a line.
    async send(lines) {
        const answer = await this.send_text(lines.map((line) => `${line}\n`).join(""));
        try {
            answer.results = answer.text.split("\n").filter((line) => line !== "")
                .map((line) => JSON.parse(line));
        } catch {
            answer.results = null;
        }
        return answer;
    }

    // Signs (unless it is a line already) and sends one envelope; its result line.
    async put(payload) {
        const jws = typeof payload === "string" ? payload : await this.device.sign(payload);
        const answer = await this.send([jws]);
        const result = answer.status === 200 && answer.results?.length === 1
            ? answer.results[0] : { result: `HTTP ${answer}`, code: null };
        return { jws, payload, result };
    }

    // All that concerns this unit, read page by page.
    async all_changes(limit = 100) {
        const pages = [];
        let cursor = "";
        for (let more = true; more && pages.length < 10_000;) {
            const answer = await this.get(
                `/api/v1/changes?after=${encodeURIComponent(cursor)}&limit=${limit}`);
            const page = answer.json;
            if (answer.status !== 200 || !Array.isArray(page?.changes))
                throw new Error(`changes: ${answer}`);
            pages.push(page);
            cursor = page.cursor;
            more = page.more;
        }
        return { pages, cursor, changes: pages.flatMap((page) => page.changes) };
    }
}
