// Reviewers without a screen: the commands of `shenbao device` for a bureau and the province, over
// the real server, beside a school on another machine.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server, run } from "./server.mjs";

const server = new Server();
before(() => server.start());
after(() => server.remove());

const device = (act, name, ...options) => server.device(name)(act, ...options);
const sync = (name) => device("sync", name, "--server", server.url);
const enrol = (name, unit) =>
    device("enrol", name, "--server", server.url, "--code", server.codes.get(unit), "--name", name);
// What a command says that ends with this exit code.
const told = (status, act, name, ...options) => {
    try {
        device(act, name, ...options);
    } catch (error) {
        assert.equal(error.status, status, error.stderr);
        return error.stderr;
    }
    throw new Error(`${act} was not refused`);
};
const refused = (act, name, ...options) => told(1, act, name, ...options);
const rows = (name, ...options) =>
    device("queue", name, ...options).split("\n").filter((line) => line.includes("\t")).map((line) => line.split("\t"));

test("a bureau and the province review from the command line, offline in between", async () => {
    for (const [name, unit] of [["school", "D002"], ["college", "D008"], ["bureau", "341600"], ["province", "340000"]])
        enrol(name, unit);
    const declare = (name, certificate, headcount, ...options) =>
        device("declare", name, "--certificate", certificate, "--level", "初级", "--headcount", headcount, ...options).trim();
    const first = declare("school", "X001", "40");
    const second = declare("school", "X003", "50");
    const direct = declare("college", "X001", "60");
    for (const name of ["school", "college", "bureau", "province"]) sync(name);

    assert.deepEqual(rows("bureau", "--mine").map((row) => row[0]), [first, second]);
    assert.equal(rows("bureau").length, 2);
    assert.deepEqual(rows("province", "--mine").map((row) => row[0]), [direct]);
    assert.equal(rows("province").length, 3);
    assert.match(device("status", "bureau"), /申报：2份　待审：2份/);

    // Offline: nothing below needs the server.
    await server.stop();
    assert.match(refused("decide", "bureau", second, "--verdict", "return"), /须写明原因/);
    assert.match(refused("decide", "bureau", first, "--verdict", "pass", "--approved", "3"), /只有省级/);
    device("decide", "bureau", first, second, "--verdict", "pass");
    device("cancel", "bureau", second);
    device("decide", "bureau", second, "--verdict", "return", "--reason", "请核对人数", "--due", "2023-04-10");
    assert.match(device("queue", "bureau"), /等待发送：退回　请核对人数/);
    assert.match(refused("decide", "province", second, "--verdict", "pass"), /不按顺序/);
    device("decide", "province", second, "--verdict", "pass", "--approved", "30", "--reason", "平台已审核");
    device("decide", "province", direct, "--verdict", "pass", "--approved", "55");
    assert.match(device("status", "province"), /已签名待发送：2份/);
    await server.start();

    sync("province");
    assert.match(sync("bureau"), /被退回1份/); // The province has spoken finally.
    // Told in words that are right for a bureau: the province has been there before it.
    assert.match(device("status", "bureau"),
        /未被接收：1份[^]*服务器不接收本机的审核（132）：这份文件的审核已到下一步，退回之后才能再改动。/);
    device("cancel", "bureau", second);
    assert.match(device("status", "bureau"), /未被接收：0份/);
    const stages = Object.fromEntries(rows("bureau").map((row) => [row[0], row[7]]));
    assert.deepEqual(stages, { [first]: "初审通过", [second]: "审核通过" });
    sync("province");
    assert.deepEqual(rows("province", "--mine").map((row) => row[0]), [first]);
    device("decide", "province", first, "--verdict", "return", "--reason", "级别不符");
    sync("province");

    sync("school");
    assert.match(device("history", "school", first), /报送[^]*初审通过[^]*退回　级别不符/);
    assert.match(told(2, "queue", "school"), /学校的设备不审核/);
    device("fill", "school", "--form", "附件1", "--replace", first, "--set", "headcount=35", "--explain", "reply=已改为35人");
    sync("school");
    sync("bureau");
    const [again] = rows("bureau", "--mine");
    assert.equal(again[0], first);
    assert.equal(again[6], "35人");
    assert.match(device("history", "bureau", first), /reply：已改为35人/);
    assert.match(run("check", "--data", server.data), /都正确/);
});
