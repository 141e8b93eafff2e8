// What the checker prints: one line a check, and the count at the end.

let passed = 0;
let failed = 0;

const shown = (value) => {
    const text = value === undefined ? "undefined" : typeof value === "string" ? value
        : String(value) === "[object Object]" || Array.isArray(value) ? JSON.stringify(value)
        : String(value);
    return text.replace(/\s+/g, " ").slice(0, 400);
};

// One check. A failure says what was sent, what came back and what the protocol's text says.
export function check(name, holds, { sent = "-", came = "-", says = "-" } = {}) {
    if (holds) {
        passed += 1;
        console.log(`ok   ${name}`);
    } else {
        failed += 1;
        console.log(`FAIL ${name} | sent: ${shown(sent)} | came: ${shown(came)}` +
                    ` | protocol: ${shown(says)}`);
    }
    return Boolean(holds);
}

// Where the text allows more than one reading, or a thing cannot be tried yet.
export function note(text) {
    console.log(`note ${text}`);
}

// Runs a station of the walk: what it throws is one failure and the walk goes on.
export async function station(name, walk) {
    console.log(`---- ${name}`);
    try {
        await walk();
    } catch (error) {
        check(`${name}: walked to its end`, false, { came: error.stack ?? error });
    }
}

export function finish() {
    console.log(`${passed} passed, ${failed} failed`);
    return failed === 0 && passed > 0 ? 0 : 1;
}
