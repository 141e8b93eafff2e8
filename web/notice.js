// The words that stand in the page before the program does, or instead of it.

const notice = document.getElementById("notice");
const progress = document.getElementById("notice-progress");
const buttons = document.getElementById("notice-buttons");
let held; // Timer: the words come when it ends.

// choices: [label, act] for each button.
export function say(title, text, choices = []) {
    clearTimeout(held);
    notice.hidden = false;
    notice.setAttribute("role", "alert");
    document.getElementById("notice-title").textContent = title;
    document.getElementById("notice-text").textContent = text;
    progress.hidden = true;
    buttons.replaceChildren(...choices.map(([label, act]) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = label;
        button.addEventListener("click", act);
        return button;
    }));
}

export function show_progress(part) { progress.value = part; }

export function hide_notice() {
    clearTimeout(held);
    notice.hidden = true;
}

// A program that is kept on this machine is open before the first words can be read, and to lay them
// out delays it on a slow machine: they come only if it takes longer than that.
export function hold_notice(ms) {
    notice.hidden = true;
    held = setTimeout(() => { notice.hidden = false; }, ms);
}
