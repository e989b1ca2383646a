// The page: it asks for a code, waits, and puts the round on the screen that the teacher has opened.

const titles = { mark: said.markTitle, guess: said.guessTitle, fool: said.foolTitle, teach: said.teachTitle };
const screens = { mark: markScreen, guess: guessScreen, fool: writeScreen, teach: writeScreen };
const stage = element("span", "badge");
const alarm = set(element("p", "trouble"), { role: "alert" });
const status = set(element("p", "told"), { role: "status" });
let on = ""; // the screen that is up
let screen = null;
let thrownBack = ""; // texts that are in sight

// Text that is as it was is not said again.
const put = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

const draw = () => {
  put(part("line"), failures ? said.noLine : "");
  if (missing) turn("missing", null);
  if (state && !missing) {
    const { round } = state;
    turn(round ? `${round.id} ${round.reveal ? "revealed" : "asked"}` : state.ended ? "ended" : "wait", round);
    if (round) {
      put(stage, said[round.state]);
      part("hint").hidden = !isOpen();
      put(status, screen ? screen.update() : "");
    }
    put(alarm, trouble);
  }
  unsent();
};

// Put another screen up. Whose keyboard was on the old one comes to the new one's heading; others are told.
const turn = (to, round) => {
  if (on === to) return;
  on = to;
  if (round && round.state === "open" && trouble !== said.late) trouble = "";
  turnTo(round && !round.reveal ? round.id : 0);
  const was = document.querySelector("main").contains(document.activeElement);
  if (round) build(round);
  else part("wait").append(alarm);
  const over = to === "ended"; // another lesson has another code, which is typed at once
  part("enter").hidden = !missing && !over;
  part("enter").firstElementChild.hidden = over;
  part("wait").hidden = round || missing;
  part("round").hidden = !round;
  put(part("wait").firstElementChild, over ? said.over : said.in);
  put(part("wait").children[1], over ? said.next : said.wait);
  part("code").value = over ? "" : CODE;
  put(part("wrong"), missing);
  const head = document.querySelector("section:not([hidden]) h1");
  document.title = `${head.textContent} · attnviz`;
  part("another").hidden = missing || over;
  if (missing) put(part("class"), "attnviz");
  if (missing) part("code").focus();
  else if (was) head.focus();
  else put(part("said"), head.textContent);
  scrollTo(0, 0);
};

const build = (round) => {
  screen = round.reveal ? null : screens[round.kind](round);
  const nodes = screen ? screen.nodes : [alarm, ...revealed(round)];
  const number = element("p", "kicker", `${fill(said.number, { number: round.number })} `, stage);
  const head = set(element("h1", "", round.question || titles[round.kind]), { id: "question", tabindex: -1 });
  const hint = set(element("p", "hint", screen ? screen.hint : ""), { id: "hint" });
  show(part("round"), number, head, hint, ...nodes);
};

// What was typed and not taken stays in sight until it is thrown away.
const unsent = () => {
  if (thrownBack === String(kept.back)) return;
  thrownBack = String(kept.back);
  const drop = (text) => {
    kept.back = kept.back.filter((one) => one !== text);
    save();
    draw();
  };
  const cards = kept.back.map((text) => element("div", "panel", isolate(text), button("plain", said.drop, () => drop(text))));
  part("back").hidden = !cards.length;
  show(part("back"), heading(said.back, ""), ...cards);
};

part("enter").querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = codeOf(part("code").value);
  // what was mistyped, or is over, is nothing to go back to
  if (code) location[CODE ? "replace" : "assign"](`${BASE}join/${code}${location.search}`);
  else put(part("wrong"), said.noCode);
});

if (CODE) {
  load();
  if (!/^[\w-]{22,64}$/.test(kept.device)) kept.device = token(18);
  save();
  part("wait").hidden = part("another").hidden = false;
  put(part("class"), fill(said.room, { code: CODE }));
  addEventListener("pageshow", ({ persisted }) => persisted && again());
  addEventListener("online", again);
  addEventListener("offline", fail);
  document.addEventListener("visibilitychange", again);
  // Another tab of this device: what goes out there, or has gone, is not the answer that is shown here.
  const going = () => JSON.stringify([kept.answer, kept.queue]);
  addEventListener("storage", ({ key }) => {
    if (key !== KEY) return;
    const was = going();
    load();
    draw();
    if (going() !== was) look();
  });
  again();
} else {
  part("enter").hidden = false;
  part("code").focus();
}
