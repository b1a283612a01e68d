/** The two ways to the server: JSON requests and the stream of events. */

const UNREACHABLE = { ok: false, error: "unreachable", detail: "The practice workspace does not answer." };

/** Requests as one person. Every call resolves: a network failure is an answer with `ok: false`. */
export class Api {
  constructor(me) {
    this.me = me;
  }

  get(path, params = {}) {
    const query = new URLSearchParams(this.me ? { as: this.me, ...params } : params);
    return request(`/ui/${path}?${query}`);
  }

  /** What this person does. */
  post(path, body = {}) {
    return this.set(path, { as: this.me, ...body });
  }

  /** What is nobody's deed: the practice controls. */
  set(path, body) {
    return request(`/ui/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }
}

async function request(url, options) {
  try {
    const response = await fetch(url, options);
    const answer = await response.json().catch(() => null);
    if (answer && typeof answer === "object") return response.ok ? { ok: true, ...answer } : { ...answer, ok: false };
    return { ok: false, error: `http_${response.status}`, detail: `The server answered ${response.status}.` };
  } catch {
    return UNREACHABLE;
  }
}

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 5000;

/**
 * Opens the stream of events and keeps it open.
 * @param {(event: object) => void} onEvent  one frame of the server
 * @param {(isOpen: boolean, isFirst: boolean) => void} onState  after each connect and each loss
 */
export function listen(me, onEvent, onState) {
  let pause = FIRST_PAUSE;
  let isFirst = true;
  const connect = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ui/events?as=${encodeURIComponent(me)}`);
    socket.onopen = () => {
      pause = FIRST_PAUSE;
      onState(true, isFirst);
      isFirst = false;
    };
    socket.onmessage = (frame) => onEvent(JSON.parse(frame.data));
    socket.onclose = () => {
      onState(false, isFirst);
      setTimeout(connect, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    };
  };
  connect();
}

/** Runs `job` at most once at a time; calls that arrive meanwhile lead to exactly one more run. */
export function coalesced(job) {
  let running = null;
  let again = false;
  return function run() {
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        await job();
      } while (again);
    })().finally(() => {
      running = null;
    });
    return running;
  };
}

/** Runs `job` at most once in `ms` milliseconds, and always once after the last call. */
export function throttled(job, ms) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      job();
    }, ms);
  };
}
