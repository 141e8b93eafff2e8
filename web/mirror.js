// Keeps real elements over the picture equal to the tree that the program tells (the byte form is
// described in client/semantics/tree.hpp), and tells the program what a person does with them.

import { copied_cells } from "./cells.js";

// Role numbers of tree.hpp, in their order: [element, ARIA role or null, class].
const kinds = [
    ["div", "group", "pass"], ["div", null, "words"], ["h2", null, "words"], ["button", null, "act"],
    ["a", null, "act"], ["input", null, "edit"], ["textarea", null, "edit"], ["select", null, "choose"],
    ["button", "checkbox", "act"], ["button", "radio", "act"], ["button", "tab", "act"],
    ["div", "tablist", "pass"], ["input", "combobox", "edit"], ["div", "listbox", "pass"],
    ["div", "option", "act"], ["div", "progressbar", "words"], ["div", "list", "pass"],
    ["div", "listitem", "pass"], ["div", "table", "pass"], ["div", "row", "pass"],
    ["div", "columnheader", "pass"], ["div", "rowheader", "pass"], ["div", "cell", "pass"],
    ["div", "status", "words"], ["div", "alert", "words"], ["div", "dialog", "pass"],
    ["div", "region", "pass"], ["div", "navigation", "pass"], ["div", "banner", "pass"],
    ["div", "main", "pass"], ["div", "complementary", "pass"], ["div", null, "scroll"],
    ["div", "radiogroup", "pass"], ["div", "img", "words"], ["div", "tabpanel", "pass"],
];
const role = { group: 0, text: 1, heading: 2, button: 3, link: 4, text_field: 5, text_area: 6, select: 7,
    checkbox: 8, radio: 9, tab: 10, combobox: 12, listbox: 13, option: 14, progress: 15, table: 18, row: 19,
    status: 23, alert: 24, dialog: 25, scroll: 31 };
const words = new Set([1, 2, 3, 4, 8, 9, 10, 14, 23, 24]); // Their name is their text.
const state = { disabled: 1, checked: 2, selected: 4, expandable: 8, expanded: 16, invalid: 32, required: 64,
    read_only: 128, current: 256, digits: 512, telephone: 1024, table_paste: 2048, take_focus: 4096,
    own_text: 8192, focusable: 16384, indeterminate: 32768, both_ways: 65536, no_tab: 131072, cut_short: 262144,
    page_keys: 524288 };
const key_bits = { Enter: 1, Escape: 2, ArrowUp: 4, ArrowDown: 8, ArrowLeft: 16, ArrowRight: 32, Home: 64,
    End: 128, Delete: 256, CopyAbove: 512, // CopyAbove is no key: it is Ctrl+D, as in spreadsheets.
    j: 1024, k: 2048, p: 4096, r: 8192 };

const text_decoder = new TextDecoder();

function read_node(view, bytes, at) {
    const number = () => { const value = view.getUint32(at, true); at += 4; return value; };
    const signed = () => { const value = view.getInt32(at, true); at += 4; return value; };
    const text = () => {
        const length = number();
        const value = text_decoder.decode(bytes.subarray(at, at + length));
        at += (length + 3) & ~3;
        return value;
    };
    const node = { handle: number(), role: number(), state: number() };
    for (const name of ["x", "y", "w", "h"]) node[name] = signed() / 8;
    for (const name of ["keys", "level", "now", "max", "max_length", "controls", "active", "layer", "face", "size",
        "colour", "padding_left", "padding_right", "padding_top", "line_height", "indent", "align"]) node[name] = signed();
    for (const name of ["content_w", "content_h"]) node[name] = signed() / 8;
    for (const name of ["id", "name", "value", "description", "placeholder", "options"]) node[name] = text();
    return node;
}

export class Mirror {
    // root: the element that holds the mirror. tell: {click, edit, key, paste, focus, scroll}, functions
    // that take a handle first. faces: the fonts by number, [css weight, css family].
    constructor(root, tell, faces) {
        this.root = root;
        this.tell = tell;
        this.faces = faces;
        this.parts = new Map(); // handle -> {element, node, set: attributes and styles as last set}
        this.composing = false;
        this.modal = 0;
        this.before_modal = null;
        this.families = new Set(); // Of the faces that were needed: --face-N of the root.
        this.listen();
    }

    element(handle) { const part = this.parts.get(handle); return part && part.element; }

    // Takes one message of Tree::changes().
    update(bytes) {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        let at = 4;
        const fresh = [];
        for (let left = view.getUint32(0, true); left > 0; left -= 1) {
            const length = view.getUint32(at, true);
            const node = read_node(view, bytes, at + 4);
            at += 4 + length;
            let part = this.parts.get(node.handle);
            const other_kind = part && (part.node.role !== node.role || (node.role === role.heading && part.node.level !== node.level));
            if (other_kind) {
                part.element.remove();
                part = undefined;
            }
            if (!part) {
                part = { element: this.make(node), node, set: {} };
                this.parts.set(node.handle, part);
                fresh.push(part);
            }
            part.node = node;
            this.show(part);
        }
        if (view.getUint32(at, true) === 1) this.arrange(view, at + 4);
        for (const part of fresh) if (part.node.state & state.take_focus) this.focus(part.node.handle);
    }

    make(node) {
        const [tag, aria, kind] = kinds[node.role];
        const element = document.createElement(node.role === role.heading ? `h${node.level || 2}` : tag);
        element.className = `node ${kind}`;
        element.handle = node.handle;
        if (aria) element.setAttribute("role", aria);
        if (tag === "button") element.type = "button";
        if (tag === "a") element.href = "#";
        if (tag === "input" || tag === "textarea") {
            element.lang = "zh-CN";
            element.autocomplete = "off";
            element.spellcheck = false;
            element.setAttribute("autocapitalize", "off");
            element.setAttribute("autocorrect", "off");
        }
        if (tag === "input") element.type = "text";
        if (node.role === role.scroll) {
            const room = document.createElement("div");
            room.className = "room";
            element.append(room);
            element.tabIndex = -1;
        }
        if (node.role === role.dialog) {
            element.setAttribute("aria-modal", "true");
            element.tabIndex = -1;
        }
        return element;
    }

    attribute(part, name, value) {
        const wanted = value === null || value === undefined || value === false ? null : String(value);
        if (part.set[name] === wanted || (wanted === null && part.set[name] === undefined)) return;
        part.set[name] = wanted;
        if (wanted === null) part.element.removeAttribute(name);
        else part.element.setAttribute(name, wanted);
    }

    show(part) {
        const { node, element } = part;
        const on = (bit) => (node.state & bit) !== 0;
        this.attribute(part, "id", `n${node.handle}`);
        this.attribute(part, "data-id", node.id);
        const css = this.css_of(node);
        if (part.css !== css) element.style.cssText = part.css = css;
        this.show_name(part, on);
        this.show_state(part, on);
        if (element.tagName === "INPUT" || element.tagName === "TEXTAREA") this.show_field(part, on);
        if (node.role === role.select) this.show_select(part, on);
        if (node.role === role.scroll) {
            element.classList.toggle("both", on(state.both_ways));
            element.firstChild.style.width = `${on(state.both_ways) ? node.content_w : 1}px`;
            element.firstChild.style.height = `${node.content_h}px`;
        }
    }

    // Place, and how its real text looks; see FieldLook in client/semantics/tree.hpp.
    css_of(node) {
        let css = `left:${node.x}px;top:${node.y}px;width:${Math.max(node.w, 1)}px;height:${Math.max(node.h, 1)}px`;
        if (node.layer) css += `;z-index:${node.layer}`;
        if (!node.line_height) return css;
        css += `;font:${this.face_of(node.face)} ${node.size}px/${node.line_height}px var(--face-${node.face})`;
        css += `;padding:${node.padding_top}px ${node.padding_right}px 0 ${node.padding_left}px`;
        css += `;--ink:#${node.colour.toString(16).padStart(6, "0")}`;
        if (node.indent) css += `;text-indent:${node.indent}px`;
        if (node.align) css += `;text-align:${["left", "right", "center"][node.align]}`;
        return css;
    }

    // The weight of a face, whose family the root knows from now on.
    face_of(face) {
        const [weight, family] = this.faces[face];
        if (!this.families.has(face)) this.root.style.setProperty(`--face-${face}`, family);
        this.families.add(face);
        return weight;
    }

    show_name(part, on) {
        const { node, element } = part;
        if (words.has(node.role) || on(state.own_text)) {
            if (part.set.text !== node.name) {
                part.set.text = node.name;
                element.textContent = node.name;
                if (on(state.own_text)) element.classList.add("words");
                part.set.about = undefined;
            }
        } else {
            this.attribute(part, "aria-label", node.name || null);
        }
        this.attribute(part, "title", on(state.cut_short) ? node.value || node.name : null);
        if (node.role === role.group) this.attribute(part, "role", node.name ? "group" : null);
        if (part.set.description === node.description) return;
        part.set.description = node.description;
        this.attribute(part, "aria-describedby", node.description ? `n${node.handle}-about` : null);
        this.attribute(part, "aria-description", null);
        if (part.about) part.about.remove();
        part.about = null;
        if (!node.description) return;
        part.about = document.createElement("span");
        part.about.className = "about";
        part.about.id = `n${node.handle}-about`;
        part.about.textContent = node.description;
        part.about.setAttribute("aria-hidden", "true");
        this.root.append(part.about);
    }

    show_state(part, on) {
        const { node } = part;
        const r = node.role;
        const flag = (name, bit) => this.attribute(part, name, on(bit) ? "true" : null);
        flag("aria-disabled", state.disabled);
        flag("aria-invalid", state.invalid);
        flag("aria-required", state.required);
        this.attribute(part, "aria-current", on(state.current) ? "page" : null);
        this.attribute(part, "aria-expanded", on(state.expandable) ? String(on(state.expanded)) : null);
        if (r === role.checkbox || r === role.radio) this.attribute(part, "aria-checked", String(on(state.checked)));
        if (r === role.tab || r === role.option) this.attribute(part, "aria-selected", String(on(state.selected)));
        if (on(state.no_tab)) this.attribute(part, "tabindex", "-1");
        else if (on(state.focusable)) this.attribute(part, "tabindex", "0");
        else if (r !== role.scroll && r !== role.dialog) this.attribute(part, "tabindex", null);
        if (r === role.progress && !on(state.indeterminate)) {
            this.attribute(part, "aria-valuenow", node.now);
            this.attribute(part, "aria-valuemin", 0);
            this.attribute(part, "aria-valuemax", node.max);
            this.attribute(part, "aria-valuetext", node.value || null);
        }
        if (r === role.table) {
            this.attribute(part, "aria-rowcount", node.max || null);
            this.attribute(part, "aria-colcount", node.level || null);
        }
        if (r === role.row) this.attribute(part, "aria-rowindex", node.now || null);
        if (r === role.combobox) {
            this.attribute(part, "aria-controls", node.controls ? `n${node.controls}` : null);
            this.attribute(part, "aria-activedescendant", node.active ? `n${node.active}` : null);
            this.attribute(part, "aria-autocomplete", "list");
            this.attribute(part, "aria-haspopup", "listbox");
        }
    }

    show_field(part, on) {
        const { node, element } = part;
        this.attribute(part, "inputmode", on(state.digits) ? "numeric" : on(state.telephone) ? "tel" : null);
        this.attribute(part, "maxlength", node.max_length || null);
        this.attribute(part, "placeholder", node.placeholder || null);
        element.readOnly = on(state.read_only) || on(state.disabled);
        this.show_value(part);
    }

    // Never while an input method is at it: the value is looked at again when it has ended.
    show_value(part) {
        const { node, element } = part;
        if (element.value === node.value) return;
        if (this.composing && document.activeElement === element) return;
        const focused = document.activeElement === element;
        const from_end = focused ? element.value.length - element.selectionEnd : 0;
        element.value = node.value;
        if (focused) {
            const caret = Math.max(0, node.value.length - from_end);
            element.setSelectionRange(caret, caret);
        }
    }

    show_select(part, on) {
        const { node, element } = part;
        if (part.set.options !== node.options) {
            part.set.options = node.options;
            element.replaceChildren(...node.options.split("\n").map((label) => {
                const option = document.createElement("option");
                option.value = label;
                option.textContent = label;
                return option;
            }));
        }
        element.disabled = on(state.disabled) || on(state.read_only);
        if (element.value !== node.value) element.value = node.value; // An unknown one chooses nothing.
    }

    // Puts the elements into the told order, moving as few as possible: a moved element loses focus.
    arrange(view, at) {
        const count = view.getUint32(at, true);
        const kept = new Set();
        const order = new Map(); // parent handle -> handles
        let modal = 0;
        for (let index = 0; index < count; index += 1) {
            const handle = view.getUint32(at + 4 + index * 8, true);
            const parent = view.getUint32(at + 8 + index * 8, true);
            kept.add(handle);
            if (!order.has(parent)) order.set(parent, []);
            order.get(parent).push(handle);
            if (this.parts.get(handle).node.role === role.dialog) modal = handle;
        }
        for (const [handle, part] of this.parts) {
            if (kept.has(handle)) continue;
            if (part.about) part.about.remove();
            part.element.remove();
            this.parts.delete(handle);
        }
        for (const [parent, handles] of order) {
            const into = parent ? this.parts.get(parent).element : this.root;
            let cursor = into.firstChild;
            if (cursor && cursor.className === "room") cursor = cursor.nextSibling;
            for (const handle of handles) {
                const element = this.parts.get(handle).element;
                if (element === cursor) {
                    cursor = cursor.nextSibling;
                } else {
                    into.insertBefore(element, cursor);
                }
            }
        }
        this.enclose(modal, order.get(0) || []);
    }

    // While a dialog is there, nothing outside it can be reached; afterwards the focus goes back.
    enclose(modal, top) {
        if (modal === this.modal) {
            if (!modal) return;
        } else if (modal) {
            if (!this.modal) this.before_modal = document.activeElement;
        }
        const dialog = modal ? this.parts.get(modal).element : null;
        for (const handle of top) {
            const part = this.parts.get(handle);
            const reachable = !dialog || part.element.contains(dialog) || part.node.role === role.status ||
                part.node.layer >= this.parts.get(modal).node.layer;
            part.element.classList.toggle("away", !reachable);
        }
        if (modal && modal !== this.modal) {
            const first = dialog.querySelector("input, textarea, select, button, a, [tabindex='0']");
            (first || dialog).focus({ preventScroll: true });
        } else if (!modal && this.before_modal && this.before_modal.isConnected) {
            this.before_modal.focus({ preventScroll: true });
        }
        if (!modal) this.before_modal = null;
        this.modal = modal;
    }

    focus(handle) {
        const element = this.element(handle);
        if (!element) return;
        element.focus();
        if (element.tagName === "INPUT") element.select();
    }

    blur() { if (document.activeElement && this.root.contains(document.activeElement)) document.activeElement.blur(); }

    scroll_to(handle, x, y) { const element = this.element(handle); if (element) element.scrollTo(x, y); }

    reveal(handle) { const element = this.element(handle); if (element) element.scrollIntoView({ block: "nearest", inline: "nearest" }); }

    node_of(target) {
        for (let element = target; element && element !== this.root; element = element.parentNode)
            if (element.handle) return this.parts.get(element.handle);
        return undefined;
    }

    listen() {
        const { root, tell } = this;
        root.addEventListener("click", (event) => {
            const part = this.node_of(event.target);
            if (part && part.element.tagName === "A") event.preventDefault();
            if (part && !(part.node.state & state.disabled)) tell.click(part.node.handle);
        });
        // Choosing from a list leaves the focus in the field that the list belongs to.
        root.addEventListener("mousedown", (event) => {
            const part = this.node_of(event.target);
            if (part && (part.node.role === role.option || part.node.role === role.listbox)) event.preventDefault();
        });
        root.addEventListener("submit", (event) => event.preventDefault());
        root.addEventListener("compositionstart", () => { this.composing = true; });
        root.addEventListener("compositionend", (event) => {
            this.composing = false;
            const part = this.node_of(event.target);
            if (part) tell.edit(part.node.handle, part.element.value, false);
        });
        root.addEventListener("input", (event) => {
            const part = this.node_of(event.target);
            if (!part || part.node.role === role.select) return;
            tell.edit(part.node.handle, part.element.value, event.isComposing === true);
        });
        root.addEventListener("change", (event) => {
            const part = this.node_of(event.target);
            if (part && part.node.role === role.select) tell.edit(part.node.handle, part.element.value, false);
        });
        root.addEventListener("focusin", (event) => {
            const part = this.node_of(event.target);
            tell.focus(part ? part.node.handle : 0, event.target.matches(":focus-visible"));
        });
        root.addEventListener("focusout", (event) => {
            this.composing = false;
            const part = this.node_of(event.target);
            if (part && part.element.tagName === "INPUT") part.element.scrollLeft = 0;
            if (part && part.node.value !== undefined && part.set.maxlength !== undefined) this.show_value(part);
            if (!event.relatedTarget || !root.contains(event.relatedTarget)) tell.focus(0, false);
        });
        document.addEventListener("keydown", (event) => this.key(event)); // Of a page's keys nothing has the focus.
        root.addEventListener("paste", (event) => {
            const part = this.node_of(event.target);
            if (!part || !(part.node.state & state.table_paste)) return;
            const cells = copied_cells(event.clipboardData);
            if (cells === null) return; // The field takes it itself.
            event.preventDefault();
            tell.paste(part.node.handle, cells);
        });
        root.addEventListener("scroll", (event) => {
            const part = event.target.handle && this.parts.get(event.target.handle);
            if (part && part.node.role === role.scroll) {
                tell.scroll(part.node.handle, event.target.scrollLeft, event.target.scrollTop);
            } else if (event.target === root) {
                root.scrollTo(0, 0);
            }
        }, { capture: true, passive: true });
    }

    key(event) {
        if (event.isComposing || event.keyCode === 229 || !event.key) return;
        const with_control = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
        if (!with_control && (event.ctrlKey || event.altKey || event.metaKey)) return;
        const bit = !with_control ? key_bits[event.key] || key_bits[event.key.toLowerCase()] : event.key.toLowerCase() === "d" ? key_bits.CopyAbove : 0;
        if (!bit) return;
        const tell = (part) => {
            event.preventDefault();
            this.tell.key(part.node.handle, bit);
        };
        for (let element = event.target; element && element !== this.root; element = element.parentNode) {
            const part = element.handle && this.parts.get(element.handle);
            if (part && part.node.keys & bit && !(part.node.state & state.page_keys)) return void tell(part);
        }
        const part = this.node_of(event.target);
        const pressed = bit === key_bits.Enter && event.target.matches("a, button, [tabindex]");
        // A key that is held moves on, and does nothing else again and again.
        const held = event.repeat && !/^(Arrow.*|[jk])$/i.test(event.key);
        if (!held && !this.modal && !pressed && !event.target.matches("input, textarea, select"))
            for (const one of this.parts.values())
                if (one.node.state & state.page_keys && one.node.keys & bit) return void tell(one);
        // An option, a row or another element that only the program makes a button of.
        if (part && part.node.state & state.focusable && (event.key === "Enter" || event.key === " ")) {
            event.preventDefault();
            this.tell.click(part.node.handle);
        }
    }
}
