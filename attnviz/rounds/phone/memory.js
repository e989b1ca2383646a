// What this device keeps of a class: its token, what the server has not acknowledged yet, and what is typed. A browser
// may keep its store shut (a private window, a full one): then the tab's own name holds it, which outlives a reload.

const KEY = `attnviz-${CODE}`;
let kept;

const token = (bytes) => {
  const drawn = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes)));
  return btoa(drawn).replace(/\W/g, (c) => ({ "+": "-", "/": "_" })[c] || "");
};

const load = () => {
  // On the way: `answer` (marks or a choice) and `queue` (sentences). Not sent: `marks`, `draft`, and `back`, texts that
  // were not taken. `turn` grows with each answer: the server passes over an older one that comes late.
  kept = { turn: 0, answer: null, queue: [], marks: null, draft: null, back: [] };
  for (const look of [() => localStorage.getItem(KEY), () => JSON.parse(window.name)[KEY]]) {
    try {
      const found = JSON.parse(look());
      if (found) return Object.assign(kept, found);
    } catch (_) {
      // shut, or not ours
    }
  }
};

const save = () => {
  const text = JSON.stringify(kept);
  try {
    localStorage.setItem(KEY, text);
  } catch (_) {
    window.name = JSON.stringify({ [KEY]: text });
  }
};

// A sentence as the server keeps it: in one line.
const plain = (typed) => typed.replace(/\s+/g, " ").trim();

const typed = () => (kept.draft ? plain(kept.draft.text) : "");

const keepBack = (text) => {
  if (!kept.back.includes(text)) kept.back.push(text);
};

// The server does not take a sentence: it is in the box, or goes there if that is free.
const giveBack = ({ round, text }) => {
  if (typed() === text) return;
  if (kept.draft.round === round && !typed()) kept.draft.text = text;
  else keepBack(text);
};

// Another round has a box, or none has: what was typed for the last one and is not on its way stays in sight.
const turnTo = (round) => {
  if (kept.draft && kept.draft.round === round) return;
  const text = typed();
  if (text && !kept.draft.sent && !kept.queue.some((one) => one.text === text)) keepBack(text);
  kept.draft = { round, text: "", label: "", sent: false };
  save();
};
