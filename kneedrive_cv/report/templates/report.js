/* Moves the curves with the clip, and the clip to what was clicked. */

function startReport() {
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  const stage = document.getElementById("stage");
  if (stage) new Report(stage, pageData()).start();
}

class Report {
  constructor(stage, data) {
    this.stage = stage;
    this.data = data;
    this.video = stage.querySelector("video");
    this.slider = stage.querySelector("input[type=range]");
    this.readout = stage.querySelector(".readout");
    this.note = stage.querySelector(".note");
    this.charts = [...document.querySelectorAll(".chart[data-chart]")].map((figure) => new Chart(figure, data));
    this.zoom = new Zoom(this.video, data.athlete.at, data.athlete.zoom);
    this.player = new FramePlayer(this.video, data.shown_s, (frame) => this.show(frame));
  }

  start() {
    const clip = document.getElementById("clip");
    if (clip) this.video.src = clipUrl(clip);
    this.slider.addEventListener("input", () => this.player.seek(Number(this.slider.value)));
    this.stage.addEventListener("keydown", (event) => this.onKey(event));
    this.stage.querySelector("[data-do=play]").addEventListener("click", () => this.player.toggle());
    this.stage.querySelector("[data-do=back]").addEventListener("click", () => this.player.step(-1));
    this.stage.querySelector("[data-do=on]").addEventListener("click", () => this.player.step(1));
    this.video.addEventListener("click", () => this.player.toggle());
    for (const name of ["play", "pause"]) this.video.addEventListener(name, () => this.showState());
    const speed = this.stage.querySelector("[name=speed]");
    speed.addEventListener("change", () => this.setSpeed(Number(speed.value)));
    const zoom = this.stage.querySelector("[name=zoom]");
    zoom.addEventListener("change", () => this.setZoom(zoom.checked));
    this.setZoom(zoom.checked);
    const angle = this.stage.querySelector("[name=angle]");
    angle.addEventListener("change", () => this.choose(angle.value));
    document.addEventListener("click", (event) => this.onJump(event));
    for (const chart of this.charts) chart.onPick((time_s) => this.jumpToTime(time_s, false));
    this.choose(angle.value);
    this.show(0);
    this.stage.classList.add("ready");
  }

  setSpeed(rate) {
    this.video.defaultPlaybackRate = rate;
    this.video.playbackRate = rate;
  }

  setZoom(on) {
    this.zoom.on = on;
    this.zoom.show(this.player.frame);
  }

  showState() {
    const word = this.video.paused ? "Play" : "Pause";
    const button = this.stage.querySelector("[data-do=play]");
    button.querySelector(".word").textContent = word;
    button.classList.toggle("playing", !this.video.paused);
  }

  choose(key) {
    for (const chart of this.charts) {
      if (chart.kind === "time") chart.figure.hidden = chart.key !== key;
    }
  }

  onKey(event) {
    if (event.target.matches("select, input") || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, ",": -1, ".": 1 }[event.key];
    if (step) this.player.step(step);
    else if (event.key === " " && !event.target.matches("button")) this.player.toggle();
    else return;
    event.preventDefault();
  }

  onJump(event) {
    const target = event.target.closest("[data-frame]");
    if (!target) return;
    this.jump(Number(target.dataset.frame), !target.closest("#stage"));
  }

  /* To a frame of the clip; the nearest one that the video holds. */
  jump(frame, scroll) {
    const frames = this.data.frames;
    let best = 0;
    frames.forEach((f, i) => {
      if (Math.abs(f - frame) < Math.abs(frames[best] - frame)) best = i;
    });
    this.player.seek(best);
    if (scroll) this.reveal();
  }

  jumpToTime(time_s) {
    const times = this.data.real_s;
    let best = 0;
    times.forEach((t, i) => {
      if (Math.abs(t - time_s) < Math.abs(times[best] - time_s)) best = i;
    });
    this.player.seek(best);
  }

  reveal() {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.stage.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
    this.stage.focus({ preventScroll: true });
  }

  show(index) {
    const { frames, real_s, notes } = this.data;
    const frame = frames[index];
    this.stage.dataset.shown = frame;
    this.slider.value = index;
    const words = `Frame ${frame}, ${real_s[index].toFixed(3).replace(/^-(0\.0+)$/, "$1")} s`;
    this.slider.setAttribute("aria-valuetext", words);
    this.readout.textContent = words;
    this.note.textContent = notes[frame] || "";
    this.zoom.show(index);
    for (const chart of this.charts) chart.show(index);
  }
}

/* As the numbers of the page: with a minus, and no -0. */
function degrees(value) {
  return `${Math.round(value) || 0}°`.replace("-", "\u2212");
}

/* A curve with its cursor; a stride's curve is read by its share of the way. */
class Chart {
  constructor(figure, data) {
    this.figure = figure;
    this.data = data;
    this.key = figure.dataset.chart;
    this.kind = figure.dataset.kind;
    this.plot = figure.querySelector(".plot");
    this.cursor = figure.querySelector(".cursor");
    this.now = figure.querySelector(".now");
    this.dots = {};
    const angles = data.angles[this.key] || {};
    for (const side of this.kind === "time" ? Object.keys(angles) : ["left", "right"]) {
      const dot = document.createElement("i");
      dot.className = `dot-now ${side}`;
      dot.hidden = true;
      this.plot.append(dot);
      this.dots[side] = dot;
    }
  }

  /* Calls back with a time of the run when the chart is clicked. */
  onPick(callback) {
    this.plot.addEventListener("click", (event) => {
      if (event.target.closest("button")) return;
      const line = event.target.closest("[data-stride]");
      const box = this.plot.getBoundingClientRect();
      const share = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
      const time_s = this.kind === "time" ? this.timeAt(share) : this.strideTime(line, share);
      if (time_s !== null) callback(time_s);
    });
  }

  timeAt(share) {
    const [low, high] = this.data.window_s;
    return low + share * (high - low);
  }

  /* On a stride's line that stride; elsewhere the one in sight, or the first. */
  strideTime(line, share) {
    const strides = this.data.strides;
    const number = line ? Number(line.dataset.stride) : this.current;
    const stride = strides.find((s) => s.number === number) || strides[0];
    return stride ? stride.start_s + share * (stride.end_s - stride.start_s) : null;
  }

  show(index) {
    const time_s = this.data.real_s[index];
    if (this.kind === "time") this.showTime(index, time_s);
    else this.showStrides(index, time_s);
  }

  showTime(index, time_s) {
    const [low, high] = this.data.window_s;
    const x = (100 * (time_s - low)) / (high - low);
    this.cursor.hidden = x < 0 || x > 100;
    this.cursor.style.left = `${x}%`;
    const words = [];
    for (const [side, dot] of Object.entries(this.dots)) {
      const value = this.data.angles[this.key][side][index];
      this.place(dot, x, value);
      if (value !== null) words.push(`${side === "both" ? "" : `${side} `}${degrees(value)}`);
    }
    this.now.textContent = words.join(" · ");
  }

  showStrides(index, time_s) {
    const angles = this.data.angles[this.key] || {};
    const inside = (s) => time_s >= s.start_s && time_s < s.end_s;
    this.current = (this.data.strides.find(inside) || {}).number;
    for (const [side, dot] of Object.entries(this.dots)) {
      // A stride begins where the one before ends: the last that has begun is the one in sight.
      const stride = this.data.strides.filter((s) => s.side === side && inside(s)).pop();
      const values = angles[side] || angles.both;
      const share = stride ? (100 * (time_s - stride.start_s)) / (stride.end_s - stride.start_s) : -1;
      this.place(dot, share, stride && values ? values[index] : null);
      for (const line of this.figure.querySelectorAll(`path.thin.${side}`)) {
        line.classList.toggle("current", !!stride && Number(line.dataset.stride) === stride.number);
      }
    }
  }

  place(dot, x, value) {
    const [low, high] = this.data.scales[`${this.kind}:${this.key}`];
    dot.hidden = value === null || value === undefined || x < 0 || x > 100;
    dot.style.left = `${x}%`;
    dot.style.top = `${(100 * (high - value)) / (high - low)}%`;
  }
}

document.addEventListener("DOMContentLoaded", startReport);
