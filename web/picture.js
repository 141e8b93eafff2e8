// Draws triangles with one colour a corner through a texture of coverage: all that the program asks for
// (client/platform/drawing.cpp). `memory` is the program's, `at` a place in it.

const vertex_text = `#version 300 es
layout(location = 0) in vec2 place;
layout(location = 1) in vec2 texel;
layout(location = 2) in vec4 colour;
layout(location = 3) in vec2 size;
out vec2 at;
out vec4 ink;
void main() {
    at = texel;
    ink = colour;
    vec2 part = place / size * 2.0;
    gl_Position = vec4(part.x - 1.0, 1.0 - part.y, 0.0, 1.0);
}`;

const fragment_text = `#version 300 es
precision mediump float;
uniform sampler2D coverage;
in vec2 at;
in vec4 ink;
out vec4 pixel;
void main() { pixel = vec4(ink.rgb, ink.a * texture(coverage, at).r); }`;

const vertex_bytes = 20; // Place and texel as two floats each, four bytes of colour: ImDrawVert.

// Gives the canvas as many pixels as the window has.
export function fit(canvas) {
    const ratio = window.devicePixelRatio || 1;
    const w = Math.max(1, Math.round(window.innerWidth * ratio)), h = Math.max(1, Math.round(window.innerHeight * ratio));
    if (canvas.width === w && canvas.height === h) return;
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${w / ratio}px`;
    canvas.style.height = `${h / ratio}px`;
}

export class Picture {
    constructor(canvas) {
        this.canvas = canvas;
        this.textures = new Map();
        this.textures_made = 0;
    }

    // Makes everything, also when the browser had taken it away. False without WebGL2.
    begin() {
        fit(this.canvas); // Before: another size later means to wait for the graphics process.
        // Frames are rare: what was drawn must still be there whenever the browser composes the page.
        const gl = this.gl = this.canvas.getContext("webgl2", { alpha: false, depth: false, stencil: false,
            antialias: false, preserveDrawingBuffer: true });
        if (!gl) return false;
        this.textures.clear();
        const program = this.program = gl.createProgram();
        for (const [kind, text] of [[gl.VERTEX_SHADER, vertex_text], [gl.FRAGMENT_SHADER, fragment_text]]) {
            const shader = gl.createShader(kind);
            gl.shaderSource(shader, text);
            gl.compileShader(shader);
            gl.attachShader(program, shader);
        }
        gl.linkProgram(program); // Not used before the first picture: until it is linked that waits.
        gl.bindVertexArray(gl.createVertexArray());
        gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
        gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
        for (const attribute of [0, 1, 2]) gl.enableVertexAttribArray(attribute);
        gl.enable(gl.BLEND);
        gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
        gl.enable(gl.SCISSOR_TEST);
        gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
        return true;
    }

    bind(texture) { this.gl.bindTexture(this.gl.TEXTURE_2D, this.textures.get(texture)); }

    texture(memory, at, w, h) {
        const { gl } = this;
        const number = this.textures_made += 1;
        this.textures.set(number, gl.createTexture());
        this.bind(number);
        for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
            gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR);
        for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
            gl.texParameteri(gl.TEXTURE_2D, wrap, gl.CLAMP_TO_EDGE);
        gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, w, h, 0, gl.RED, gl.UNSIGNED_BYTE, memory, at);
        return number;
    }

    update(texture, memory, at, texture_w, x, y, w, h) {
        const { gl } = this;
        this.bind(texture);
        gl.pixelStorei(gl.UNPACK_ROW_LENGTH, texture_w);
        gl.texSubImage2D(gl.TEXTURE_2D, 0, x, y, w, h, gl.RED, gl.UNSIGNED_BYTE, memory, at + y * texture_w + x);
    }

    remove(texture) {
        this.gl.deleteTexture(this.textures.get(texture));
        this.textures.delete(texture);
    }

    clear(w, h, css_w, css_h) {
        const { gl } = this;
        gl.useProgram(this.program);
        gl.viewport(0, 0, w, h);
        gl.scissor(0, 0, w, h);
        gl.clearColor(0xEE / 255, 0xF1 / 255, 0xF4 / 255, 1);
        gl.clear(gl.COLOR_BUFFER_BIT);
        gl.vertexAttrib2f(3, css_w, css_h); // The same for all corners.
    }

    list(memory, vertices, vertices_bytes, indices, indices_bytes) {
        const { gl } = this;
        // A length of 0 would mean: to the end of the memory.
        if (vertices_bytes) gl.bufferData(gl.ARRAY_BUFFER, memory, gl.STREAM_DRAW, vertices, vertices_bytes);
        if (indices_bytes) gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, memory, gl.STREAM_DRAW, indices, indices_bytes);
        this.point_at(0);
    }

    // Where the vertices of a command begin: their indices have 16 bits and count from there.
    point_at(first_vertex) {
        const { gl } = this;
        const at = first_vertex * vertex_bytes;
        gl.vertexAttribPointer(0, 2, gl.FLOAT, false, vertex_bytes, at);
        gl.vertexAttribPointer(1, 2, gl.FLOAT, false, vertex_bytes, at + 8);
        gl.vertexAttribPointer(2, 4, gl.UNSIGNED_BYTE, true, vertex_bytes, at + 16);
        this.first_vertex = first_vertex;
    }

    triangles(texture, x, y, w, h, first_vertex, first_index, indices) {
        const { gl } = this;
        if (first_vertex !== this.first_vertex) this.point_at(first_vertex);
        gl.scissor(x, y, w, h);
        this.bind(texture);
        gl.drawElements(gl.TRIANGLES, indices, gl.UNSIGNED_SHORT, first_index * 2);
    }
}
