// Station: what anybody may ask, and enrolling a device.

import { Connection, Device, exchange, header_of, payload_of, sha256, time_pattern,
         verified } from "./client.mjs";
import { check, note } from "./report.mjs";
import { problem } from "./expect.mjs";

export async function server_info(walk) {
    const { anonymous } = walk;
    const answer = await anonymous.greet();
    const info = answer.json;
    const came = { came: answer, says: "GET /api/v1/server" };
    check("server: 200 application/json", answer.status === 200 &&
          answer.type === "application/json", came);
    check("server: no-store", /no-store/.test(answer.headers["cache-control"] ?? ""),
          { came: answer.headers["cache-control"], says: "(no-store)" });
    check("server: name, version, api 1, time, rehearsal true",
          typeof info.name === "string" && typeof info.version === "string" && info.api === 1 &&
          time_pattern.test(info.time) && info.rehearsal === true, came);
    check("server: the clock starts at --clock", Date.parse(info.time) >= Date.parse(walk.clock) &&
          Date.parse(info.time) < Date.parse(walk.clock) + 600_000, came);
    check("server: server_key is an Ed25519 JWK", info.server_key?.kty === "OKP" &&
          info.server_key?.crv === "Ed25519" &&
          Buffer.from(info.server_key?.x ?? "", "base64url").length === 32, came);
    check("server: notice has id and sha256", info.notice?.id === "anhui-2023-14" &&
          /^[0-9a-f]{64}$/.test(info.notice?.sha256 ?? ""), came);
    const anchor = await verified(info.anchor, info.server_key);
    check("anchor: verified with server_key, kid is its thumbprint", anchor !== null,
          { came: JSON.stringify(header_of(info.anchor)), says: "The anchor is signed by the server" });
    check("anchor: exactly kind, at, nonce, rehearsal", anchor !== null &&
          Object.keys(anchor).sort().join() === "at,kind,nonce,rehearsal" &&
          anchor.kind === "anchor" && time_pattern.test(anchor.at) &&
          typeof anchor.nonce === "string" && anchor.nonce !== "" && anchor.rehearsal === true,
          { came: JSON.stringify(anchor), says: '{"kind":"anchor","at","nonce","rehearsal"}' });
    walk.server_key = info.server_key;
    walk.server_kid = header_of(info.anchor).kid;
    const second = await new Connection(walk.origin).greet();
    check("anchor: a second one has another nonce", payload_of(second.json.anchor).nonce !==
          payload_of(info.anchor).nonce, { came: second, says: "nonce" });
}

export async function notices_and_health(walk) {
    const { id, sha256: digest } = walk.anonymous.server.notice;
    const answer = await walk.anonymous.get(`/api/v1/notices/${id}`);
    check("notice: its bytes' sha256 is the one announced", answer.status === 200 &&
          sha256(answer.bytes) === digest, { came: `${answer.status} ${sha256(answer.bytes)}`,
          says: digest });
    check("notice: the strong ETag is that sha256", answer.etag === `"${digest}"`,
          { came: answer.etag, says: `"${digest}"` });
    check("notice: one JSON document", answer.type === "application/json" &&
          typeof answer.json === "object", { came: answer.type });
    const exact = await walk.anonymous.get(`/api/v1/notices/${id}@${digest}`);
    check("notice@sha256: the same bytes and ETag", exact.status === 200 &&
          exact.bytes.equals(answer.bytes) && exact.etag === answer.etag,
          { came: `${exact.status} ${exact.etag}` });
    const same = await walk.anonymous.get(`/api/v1/notices/${id}`,
                                          { headers: { "If-None-Match": answer.etag } });
    check("notice: If-None-Match → 304 without a body", same.status === 304 &&
          same.bytes.length === 0, { sent: `If-None-Match: ${answer.etag}`, came: same,
          says: "strong ETag" });
    problem("notice@another sha256 → 404",
            await walk.anonymous.get(`/api/v1/notices/${id}@${"0".repeat(64)}`), [404]);
    problem("unknown notice → 404", await walk.anonymous.get("/api/v1/notices/nirgends-2099"), [404]);
    problem("unknown route under /api/v1 → 404", await walk.anonymous.get("/api/v1/nirgends"), [404]);
    const health = await walk.anonymous.get("/healthz");
    check("healthz: 200 ok", health.status === 200 && health.text.trim() === "ok",
          { came: health, says: "200 `ok`" });
    const metrics = await walk.anonymous.get("/metrics");
    if (metrics.status === 404) note("GET /metrics answers 404: not built yet");
    else check("metrics: Prometheus text on loopback", metrics.status === 200 &&
               /^# (HELP|TYPE) /m.test(metrics.text), { came: metrics, says: "Prometheus text" });
}

const roles = { province_office: "province", city_bureau: "city" };

// Enrols one device of a unit and checks the whole answer.
export async function enrol(walk, unit_id, code, device_name) {
    const unit = walk.world.units.get(unit_id);
    const connection = new Connection(walk.origin, await Device.make(device_name));
    await connection.greet();
    connection.made_at = walk.made_at;
    const answer = await connection.enrol(code, device_name, walk.made_at);
    const body = answer.json;
    const name = `enrol ${unit_id} ${device_name}`;
    const came = { sent: `code of ${unit_id}`, came: answer };
    check(`${name} → 201`, answer.status === 201, { ...came, says: "→ 201" });
    check(`${name}: unit as imported`, ["id", "name", "kind", "city", "review_by"].every((member) =>
          (body?.unit?.[member] || null) === (unit[member] || null)), { ...came,
          says: JSON.stringify(unit) });
    check(`${name}: role, kid, server_key, notice`, body?.role === (roles[unit.kind] ?? "school") &&
          body?.kid === connection.device.kid &&
          JSON.stringify(body?.server_key) === JSON.stringify(walk.server_key) &&
          body?.notice?.sha256 === walk.anonymous.server.notice.sha256, came);
    const anchor = body?.anchor ? await verified(body.anchor, walk.server_key) : null;
    check(`${name}: anchor verified`, anchor?.kind === "anchor", came);
    if (body?.unit === undefined) throw new Error(`${name}: ${answer}`);
    walk.devices.set(connection.device.kid, connection.device.jwk);
    return { connection, answer };
}

export async function enrolments(walk, codes) {
    const first = await enrol(walk, "S001", codes.S001[0], "教务处一号机");
    walk.a = first.connection;
    const again = await walk.a.enrol(codes.S001[0], "教务处一号机", walk.made_at);
    const { anchor: fresh, ...rest } = again.json ?? {};
    const { anchor: old, ...before } = first.answer.json;
    check("enrol: same key and code again → 200, same answer", again.status === 200 &&
          JSON.stringify(rest) === JSON.stringify(before), { came: again, says: "→ 200, same answer" });
    if (fresh !== old) note("enrol again: the answer has a newer anchor, the rest is the same");
    walk.a2 = (await enrol(walk, "S001", codes.S001[1], "教务处二号机")).connection;
    walk.b = (await enrol(walk, "S002", codes.S002[0], "招生办")).connection;
    walk.lost = (await enrol(walk, "S002", codes.S002[1], "遗失的机器")).connection;
    walk.college = (await enrol(walk, "S003", codes.S003[0], "学院教务处")).connection;
    walk.city_a = (await enrol(walk, "340100", codes["340100"][0], "职成科")).connection;
    walk.city_b = (await enrol(walk, "340200", codes["340200"][0], "职成科")).connection;
    walk.province = (await enrol(walk, "340000", codes["340000"][0], "省办")).connection;
}

// Last, because failures back off for everybody.
export async function refused_enrolments(walk, codes) {
    const stranger = new Connection(walk.origin, await Device.make("陌生机器"));
    const { device } = stranger;
    const spare = codes.S003[1];
    const jwk_header = { alg: "EdDSA", jwk: device.jwk };
    const body = { kind: "enrolment", code: spare, device: "陌生机器", made_at: walk.made_at };
    const post = (jws, type = "application/jose", headers = {}) =>
        stranger.post("/api/v1/enrolments", type, jws, { headers });
    const bad = [400, 401, 403, 404, 409, 410, 422, 429];
    const other = await Device.make("另一把钥匙");
    const good = await device.sign(body, jwk_header);
    const tampered = `${good.split(".")[0]}.${(await device.sign({ ...body, device: "改过" },
        jwk_header)).split(".")[1]}.${good.split(".")[2]}`;
    const tries = [
        ["used code with another key", await device.sign({ ...body, code: codes.S001[0] }, jwk_header)],
        ["wrong code", await device.sign({ ...body, code: "0000-0000-0000" }, jwk_header)],
        ["code of a wrong form", await device.sign({ ...body, code: "abc" }, jwk_header)],
        ["code missing", await device.sign({ kind: "enrolment", device: "机", made_at: body.made_at },
                                           jwk_header)],
        ["another kind", await device.sign({ ...body, kind: "session" }, jwk_header)],
        ["duplicate member", await device.sign(JSON.stringify(body).replace("{", '{"kind":"enrolment",'),
                                               jwk_header)],
        ["header with kid, not jwk", await device.sign(body)],
        ["signed by another key than its jwk", await other.sign(body, jwk_header)],
        ["signature of another payload", tampered],
        ["not a JWS", "nonsense"],
        ["empty body", ""],
        ["padded base64url", good + "="],
        ["alg none", device.sign_raw(JSON.stringify({ alg: "none", jwk: device.jwk }),
                                     JSON.stringify(body))],
        ["a private member in the jwk", device.sign_raw(JSON.stringify({ alg: "EdDSA", jwk:
            { ...device.jwk, d: "AAAA" } }), JSON.stringify(body))],
    ];
    for (const [name, jws] of tries) {
        const answer = await post(jws);
        problem(`enrol: ${name} → refused`, answer, bad, { sent: jws.slice(0, 120) });
        if (answer.status === 429) note(`enrol: ${name}: 429, failures back off`);
    }
    problem("enrol: Content-Encoding → 415", await post(good, "application/jose",
            { "Content-Encoding": "gzip" }), [415]);
    problem("enrol: another Content-Type → refused", await post(good, "text/plain"), [400, 415, 429]);
    const late = await stranger.enrol(spare, "陌生机器", walk.made_at);
    if (late.status === 429) note("enrol: after many failures a right code has to wait (429)");
    else check("enrol: none of that has used up the code → 201", late.status === 201,
               { came: late, says: "failures back off; the code is single use" });
}

// A server that is none of ours: its anchors must open nothing here.
export async function foreign_anchor(origin) {
    const answer = await exchange(origin, "GET", "/api/v1/server");
    return answer.json;
}
