/**
 * What an upload tells. To the eye: after every piece. Aloud: at the first piece beyond each tenth, and when it stalls,
 * goes on, is cancelled or ends; what fails is said by the page's alert.
 */
const MINUTE_MS = 60_000;
const SOON_MS = 3_000; // before that nobody can say how long the rest takes

// A share as the run shows it: the sign after the number, whatever is written around it.
const percent = (value) => `\u2066${value}%\u2069`;

export class Told {
  constructor(form) {
    [this.bar, this.seen, this.said] = ["progress", "#sent", "#sent-said"].map((one) => form.querySelector(one));
    this.words = form.dataset;
    const locale = `${document.documentElement.lang}-u-nu-latn`;
    this.minutes = new Intl.NumberFormat(locale, { style: "unit", unit: "minute", unitDisplay: "long" });
  }

  /** `share` of the file, 0 to 1, is there already: a second press goes on with the first. */
  begin(share) {
    [this.from, this.began, this.tenth, this.stalling] = [share, performance.now(), Math.floor(10 * share), false];
    this.at(share);
  }

  at(share) {
    this.bar.value = Math.floor(100 * share);
    const words = [`${this.words.sending}: ${percent(this.bar.value)}`, this.left(share)].filter(Boolean).join(" · ");
    this.seen.textContent = words;
    const tenth = Math.floor(this.bar.value / 10);
    if (this.stalling) this.say(`${this.words.resumed} ${words}`);
    else if (tenth > this.tenth) this.say(words);
    [this.tenth, this.stalling] = [tenth, false];
  }

  /** Once, however often it is tried anew. */
  stalled() {
    if (this.stalling) return;
    this.stalling = true;
    this.seen.textContent = `${this.words.sending}: ${percent(this.bar.value)} · ${this.words.stalled}`;
    this.say(this.words.stalled);
  }

  ended() {
    this.seen.textContent = this.words.ended;
    this.say(this.words.ended);
  }

  cancelled() {
    this.say(this.words.cancelled);
  }

  /** At the speed so far; "" while that would be a guess. */
  left(share) {
    const [passed, done] = [performance.now() - this.began, share - this.from];
    if (passed < SOON_MS || done <= 0 || share === 1) return "";
    const minutes = Math.round((passed * (1 - share)) / done / MINUTE_MS);
    return minutes ? this.words.left.replace("{time}", this.minutes.format(minutes)) : this.words.soon;
  }

  say(words) {
    this.said.textContent = words;
  }
}
