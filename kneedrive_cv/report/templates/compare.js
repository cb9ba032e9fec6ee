/* Plays runs in step: the same share of the same stride is on every screen. */

function startComparison() {
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  const stage = document.getElementById("pair");
  if (stage) new Comparison(stage, pageData().runs).start();
}

class Comparison {
  constructor(stage, runs) {
    this.stage = stage;
    this.runs = runs;
    this.slider = stage.querySelector("input[type=range]");
    this.place = stage.querySelector(".place");
    this.side = "left";
    this.at = 0;
    this.playing = false;
    this.screens = [...stage.querySelectorAll("figure")].map((figure, i) => {
      const video = figure.querySelector("video");
      const clip = document.getElementById(`clip-${i}`);
      if (clip) video.src = clipUrl(clip);
      const readout = figure.querySelector(".readout");
      const zoom = new Zoom(video, runs[i].athlete.at, runs[i].athlete.zoom);
      zoom.on = true;
      const player = new FramePlayer(video, runs[i].shown_s, (frame) => {
        zoom.show(frame);
        figure.dataset.shown = runs[i].frames[frame];
        readout.textContent = `frame ${runs[i].frames[frame]}`;
      });
      return { player, zoom };
    });
  }

  start() {
    const side = this.stage.querySelector("[name=side]");
    const common = (s) => Math.min(...this.runs.map((run) => run.cycles[s].length));
    if (common("right") > common("left")) side.value = "right";
    side.addEventListener("change", () => this.choose(side.value));
    this.slider.addEventListener("input", () => this.move(Number(this.slider.value)));
    this.stage.querySelector("[data-do=play]").addEventListener("click", () => this.toggle());
    this.stage.querySelector("[data-do=back]").addEventListener("click", () => this.step(-1));
    this.stage.querySelector("[data-do=on]").addEventListener("click", () => this.step(1));
    this.stage.addEventListener("keydown", (event) => this.onKey(event));
    const zoom = this.stage.querySelector("[name=zoom]");
    zoom.addEventListener("change", () => {
      for (const screen of this.screens) {
        screen.zoom.on = zoom.checked;
        screen.zoom.show(screen.player.frame);
      }
    });
    this.choose(side.value);
  }

  choose(side) {
    this.side = side;
    this.strides = Math.min(...this.runs.map((run) => run.cycles[side].length));
    this.slider.max = Math.max(100 * this.strides - 1, 0);
    this.move(0);
  }

  onKey(event) {
    if (event.target.matches("select, input")) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) this.step(step);
    else if (event.key === " " && !event.target.matches("button")) this.toggle();
    else return;
    event.preventDefault();
  }

  step(by) {
    this.halt();
    this.move(this.at + by);
  }

  /* To a share of the strides, in per cent: 130 is 30 % into the second. */
  move(at) {
    this.at = Math.max(0, Math.min(Number(this.slider.max), at));
    this.slider.value = this.at;
    const words = this.strides
      ? `Stride ${Math.floor(this.at / 100) + 1} of ${this.strides}, ${Math.floor(this.at % 100)} %`
      : `The runs have no whole ${this.side} stride in common`;
    this.place.textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
    if (!this.strides) return;
    this.runs.forEach((run, i) => this.screens[i].player.seek(this.frameOf(run)));
    for (const cursor of document.querySelectorAll(".chart .cursor")) {
      cursor.hidden = cursor.dataset.side !== this.side;
      cursor.style.left = `${this.at % 100}%`;
    }
  }

  frameOf(run) {
    const [start_s, end_s] = run.cycles[this.side][Math.floor(this.at / 100)];
    const time_s = start_s + ((this.at % 100) / 100) * (end_s - start_s);
    let best = 0;
    run.real_s.forEach((t, i) => {
      if (Math.abs(t - time_s) < Math.abs(run.real_s[best] - time_s)) best = i;
    });
    return best;
  }

  toggle() {
    if (this.playing) this.halt();
    else this.play();
  }

  halt() {
    this.playing = false;
    this.showState();
  }

  play() {
    if (!this.strides) return;
    this.playing = true;
    this.showState();
    let before = performance.now();
    const tick = (now) => {
      if (!this.playing) return;
      const [start_s, end_s] = this.runs[0].cycles[this.side][Math.floor(this.at / 100)];
      // A screen that is still on its way holds all of them: in step counts more than speed.
      if (!this.screens.some((screen) => screen.player.video.seeking)) {
        const on = (100 * 0.25 * (now - before)) / 1000 / (end_s - start_s);
        this.move(this.at + on > Number(this.slider.max) ? 0 : this.at + on);
        before = now;
      }
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  showState() {
    const button = this.stage.querySelector("[data-do=play]");
    button.querySelector(".word").textContent = this.playing ? "Pause" : "Play";
    button.classList.toggle("playing", this.playing);
  }
}

document.addEventListener("DOMContentLoaded", startComparison);
