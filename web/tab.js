// One tab writes; the others wait and say so.
//
// The Web Lock is the rule. A browser without it is refused: a heartbeat kept in the database could not
// tell a sleeping tab from a dead one, and every browser that can run the rest of the page has the lock.
// (disk.js checks in each commit that nobody else has written, so even a broken lock loses nothing.)

export class Refused extends Error {
    // choices: [label, act] for each button.
    constructor(title, text, choices = []) {
        super(title);
        Object.assign(this, { title, text, choices });
    }
}

const lock_name = "shenbao-writer";
const channel_name = "shenbao-tab";
const answer_ms = 3000;

const title = "申报已在另一个窗口打开";

// Resolves when this tab is the one that may write, however long that takes; until then `say` shows
// what is going on. The result's may_leave (async, true or false) and leave are the owner's to set.
export async function hold_tab(say) {
    if (!navigator.locks || typeof BroadcastChannel !== "function")
        throw new Refused("浏览器版本太旧",
            "请换用新版 Edge 或 Chrome；360、QQ、搜狗等浏览器请切换到“极速模式”后刷新本页。");
    const tab = { may_leave: async () => true, leave: () => {} };
    const channel = new BroadcastChannel(channel_name);
    let give_back;
    const held = new Promise((resolve) => { give_back = resolve; });
    await new Promise((resolve, reject) => {
        // A page that is loaded again may come before its own past has let go: no words for that.
        let told = false, waiting = 0;
        const have = () => {
            clearTimeout(waiting);
            if (told) say("正在打开申报…", "请稍候。");
            channel.onmessage = null;
            resolve();
            return held;
        };
        navigator.locks.request(lock_name, { ifAvailable: true }, (lock) => {
            if (lock) return have();
            waiting = setTimeout(() => { told = true; wait_in_words(say, channel); }, 400);
            return navigator.locks.request(lock_name, have);
        }).catch(reject);
    });
    channel.onmessage = async (message) => {
        if (message.data !== "leave?") return;
        if (!await tab.may_leave()) {
            channel.postMessage("busy");
            return;
        }
        channel.onmessage = null;
        tab.leave();
        give_back();
        say(title, "内容都已保存。可以关闭本窗口。", [["在此打开", () => window.location.reload()]]);
    };
    return tab;
}

function wait_in_words(say, channel) {
    const ask = () => {
        const silent = setTimeout(() => stay("那个窗口没有回答。请找到它并关闭，这里会自动打开。"), answer_ms);
        channel.onmessage = (message) => {
            if (message.data !== "busy") return;
            clearTimeout(silent);
            stay("那个窗口还有内容没有保存好。请到那个窗口处理，或稍后再试。");
        };
        say(title, "正在请那个窗口让出……");
        channel.postMessage("leave?");
    };
    const stay = (text) => say(title, text, [["在此打开", ask]]);
    stay("请到那个窗口继续填写，或把它关闭，这里会自动打开。");
}
