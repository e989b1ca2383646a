// The line to the server. Out goes what was answered, again and again until it is acknowledged; in comes the state: as
// soon as the server says that it is another, or by asking every few seconds where a network lets no such word through.

const OFTEN = 3000; // milliseconds between two looks
const SELDOM = 25000; // while the server tells by itself: a line that died without a word is found out
const PATIENCE = 12000; // for one request
const SLOWEST = 15000; // between two tries
const SPREAD = 800; // a class does not ask in one moment

let state = null; // as the server told last
let failures = 0; // since it answered last
let acknowledged = 0; // a state that was asked for before does not know of it
let trouble = ""; // what the server does not take, in its words
let missing = ""; // why there is no such class
let live, looking, missed, flushing, source, timer, retry;
let listened = 0;

const address = (name) => `${BASE}join/${CODE}/${name}?lang=${document.documentElement.lang}`;

// Ask the server; what is no answer of ours (no network, a proxy's page, a server that is busy) has the status 0.
const ask = (name, body) =>
  new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open(body ? "POST" : "GET", body ? address(name) : `${address(name)}&device=${kept.device}`);
    request.timeout = PATIENCE;
    request.onloadend = () => {
      const { status } = request;
      let reply = {};
      try {
        reply = JSON.parse(request.responseText) || {};
      } catch (_) {
        // not ours
      }
      const ours = status === 200 ? reply.version >= 0 : reply.error && status < 500 && status !== 429;
      done([ours ? status : 0, reply]);
    };
    if (body) request.setRequestHeader("Content-Type", "application/json");
    request.send(body && JSON.stringify(Object.assign({ device: kept.device }, body)));
  });

const patience = () => Math.min(500 * 2 ** failures, SLOWEST) * (0.75 + Math.random() / 2);

const later = (wait = failures ? patience() : live ? SELDOM : OFTEN) => {
  clearTimeout(timer);
  timer = setTimeout(() => document.hidden || look(), wait);
};

const look = async () => {
  missed = true;
  if (looking || missing) return;
  looking = true;
  missed = false;
  const before = acknowledged;
  const [status, reply] = await (state ? ask("state") : ask("join", {}));
  looking = false;
  if (!status) return fail();
  failures = 0;
  if (status !== 200) missing = reply.message;
  else if (before === acknowledged) state = reply;
  else missed = true;
  if (!live && Date.now() - listened > SELDOM) listen();
  later(missed ? 0 : undefined);
  draw();
  flush();
};

const fail = () => {
  failures += 1;
  live = false;
  later();
  draw();
};

const listen = () => {
  if (source) source.close();
  if (missing || !window.EventSource) return;
  listened = Date.now();
  source = new EventSource(address("events"));
  source.addEventListener("version", ({ data }) => {
    live = true;
    if (failures || !state || Number(data) !== state.version) later(Math.random() * SPREAD);
  });
  source.onerror = () => {
    if (live) later(Math.random() * SPREAD);
    live = false;
  };
};

// Look now, whatever was planned: the page is shown, or the network is back.
const again = () => {
  if (document.hidden) return;
  listen();
  look();
  flush();
};

const send = () => {
  trouble = "";
  save();
  flush();
  draw();
};

const answer = (what) => {
  kept.answer = Object.assign({ round: state.round.id, turn: (kept.turn += 1) }, what);
  send();
};

// One at a time, in order: what the server has is what came last.
const flush = async () => {
  if (flushing || !state) return; // a device joins first
  flushing = true;
  clearTimeout(retry);
  for (;;) {
    const one = kept.answer || kept.queue[0];
    if (!one || missing) break;
    const [status, reply] = await ask(one.nonce ? "sentence" : "answer", one);
    if (!status) {
      fail();
      retry = setTimeout(flush, patience());
      break;
    }
    if (failures) later(0);
    failures = 0;
    if (kept.answer && kept.answer.turn === one.turn) kept.answer = null;
    kept.queue = kept.queue.filter(({ nonce }) => nonce !== one.nonce);
    if (status === 200) accept(one, reply.accepted);
    else refuse(one, reply.error === "gone" ? said.late : reply.message);
    save();
    draw();
  }
  flushing = false;
};

const accept = (one, accepted) => {
  acknowledged += 1;
  const { round } = state;
  if (one.nonce && typed() === one.text) {
    kept.draft.sent = true;
    if (!accepted.answers.length) kept.draft.text = ""; // else it is changed and tried again
  }
  if (!round || round.id !== one.round) return;
  const before = (round.mine && round.mine.sentences) || [];
  round.mine = one.nonce ? { sentences: before.filter(({ nonce }) => nonce !== one.nonce).concat(accepted) } : accepted;
};

// Said plainly, and what was typed comes back.
const refuse = (one, message) => {
  trouble = message;
  if (one.nonce) giveBack(one);
  look();
};
