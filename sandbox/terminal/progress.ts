/** A terminal, or a file or pipe in its place. */
interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;
const CLEAR_LINE = '\r\u001B[K';

/** Shows the current step: with a spinner on a terminal, as a line per step elsewhere. */
export class Progress {
  readonly #output: Output;
  #step: { readonly what: string; readonly begun: number; readonly timer: NodeJS.Timeout } | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Ends the previous step, and begins the next. */
  step(what: string): void {
    this.end();
    if (!this.#output.isTTY) {
      this.#output.write(`${what} ...\n`);
      return;
    }
    let frame = 0;
    const draw = () => {
      this.#output.write(`${CLEAR_LINE}${FRAMES[frame % FRAMES.length]} ${what} ...`);
      frame += 1;
    };
    draw();
    this.#step = { what, begun: performance.now(), timer: setInterval(draw, FRAME_MS).unref() };
  }

  end(): void {
    if (!this.#step) return;
    const { what, begun, timer } = this.#step;
    clearInterval(timer);
    this.#output.write(`${CLEAR_LINE}• ${what} (${((performance.now() - begun) / 1000).toFixed(1)} s)\n`);
    this.#step = undefined;
  }
}
