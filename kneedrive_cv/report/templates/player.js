"use strict";
/* Shows a clip frame by frame. Times of the frames are known, so that nothing rests on a rate. */

class FramePlayer {
  /* times_s: when each frame is shown; onFrame is called with the number of the frame in sight. */
  constructor(video, times_s, onFrame) {
    this.video = video;
    this.times_s = times_s;
    this.onFrame = onFrame;
    this.frame = 0;
    this.wanted = null;
    this.exact = "requestVideoFrameCallback" in HTMLVideoElement.prototype;
    video.addEventListener("seeked", () => this.arrived());
    video.addEventListener("play", () => this.follow());
    if (this.exact) this.listen();
  }

  /* The last frame that begins at or before a time; half a millisecond for rounding. */
  frameAt(time_s) {
    let low = 0;
    let high = this.times_s.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.times_s[middle] <= time_s + 0.0005) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /* A time well inside of a frame: its edge might show the frame before. */
  middleOf(frame) {
    const t = this.times_s;
    const step = frame + 1 < t.length ? t[frame + 1] - t[frame] : t[frame] - (t[frame - 1] || 0);
    return t[frame] + step / 2;
  }

  listen() {
    this.video.requestVideoFrameCallback((now, shown) => {
      this.show(this.frameAt(shown.mediaTime));
      this.listen();
    });
  }

  /* For browsers that do not tell which frame is on the screen. */
  follow() {
    if (this.exact || this.video.paused) return;
    this.show(this.frameAt(this.video.currentTime));
    requestAnimationFrame(() => this.follow());
  }

  show(frame) {
    this.frame = frame;
    this.onFrame(frame);
  }

  seek(frame) {
    const last = this.times_s.length - 1;
    this.video.pause();
    this.wanted = Math.max(0, Math.min(last, frame));
    if (!this.video.seeking) this.video.currentTime = this.middleOf(this.wanted);
  }

  arrived() {
    const here = this.frameAt(this.video.currentTime);
    if (this.wanted !== null && here !== this.wanted) {
      this.video.currentTime = this.middleOf(this.wanted);
      return;
    }
    this.wanted = null;
    this.show(here);
  }

  /* Steps count from where the player is going: quick steps must not get lost. */
  step(by) {
    this.seek((this.wanted === null ? this.frame : this.wanted) + by);
  }

  toggle() {
    if (!this.video.paused) this.video.pause();
    else this.video.play();
  }
}

/* Brings the athlete near: the picture is enlarged and moved so that he stays in its middle. */
class Zoom {
  /* at: his place in each frame, in shares of the picture; scale: how much larger. */
  constructor(video, at, scale) {
    this.video = video;
    this.at = at;
    this.scale = scale;
    this.on = false;
    video.style.transformOrigin = "0 0";
  }

  show(frame) {
    if (!this.on || !this.at[frame]) {
      this.video.style.transform = "";
      return;
    }
    const [x, y] = this.at[frame].map((share) => this.shift(share));
    this.video.style.transform = `translate(${x}%, ${y}%) scale(${this.scale})`;
  }

  /* The edges of the picture stay outside of the screen. */
  shift(share) {
    return Math.max(100 * (1 - this.scale), Math.min(0, 50 - 100 * share * this.scale));
  }
}

/* The clip lies in the page as text; as a blob every browser can move about in it. */
function clipUrl(element) {
  const text = atob(element.textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  element.textContent = "";
  return URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
}

function pageData() {
  return JSON.parse(document.getElementById("run-data").textContent);
}

/* A click on the title of a column sorts by it; a second click turns the order round. */
function makeSortable(table) {
  for (const button of table.querySelectorAll("thead button")) {
    const heading = button.closest("th");
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      for (const other of heading.parentNode.children) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const body = table.tBodies[0];
      const rows = [...body.rows];
      rows.sort((a, b) => compareCells(a.cells[heading.cellIndex], b.cells[heading.cellIndex], down));
      body.append(...rows);
    });
  }
}

/* Numbers by size, words by the alphabet, and what is missing always last. */
function compareCells(a, b, down) {
  const [left, right] = [a.dataset.sort || "", b.dataset.sort || ""];
  if (left === "" || right === "") return (left === "") - (right === "");
  const [x, y] = [Number(left), Number(right)];
  const order = Number.isNaN(x) || Number.isNaN(y) ? left.localeCompare(right) : x - y;
  return down ? -order : order;
}
