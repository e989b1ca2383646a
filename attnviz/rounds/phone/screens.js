// What a round asks, a screen a kind: its nodes are put on the page once, `update` brings them up to date and returns
// what is to be said of the answer: in `status`, and in `alarm` what went wrong, which each puts where it is seen. So
// nobody's typing is drawn anew under their fingers.

const isOpen = () => state.round.state === "open";
const mine = () => state.round.mine || {};
const pending = () => (kept.answer && kept.answer.round === state.round.id ? kept.answer : {});
const onTheWay = () => (failures ? said.kept : said.sending);
const ending = () => (mine().marks || mine().choice ? said.closedSent : said.closedNone) + lost();

// What was marked and not sent is not counted: on the page it is no more, and that is said.
const lost = () => {
  const { marks, round } = kept.marks || {};
  return round === state.round.id && String(marks) !== String(mine().marks || "") ? ` ${said.unsent}` : "";
};

// A button with nothing to send keeps the focus of a keyboard, which one that is disabled would lose.
const rest = (node, on) => set(node, { "aria-disabled": on });
const rests = (node) => node.getAttribute("aria-disabled") === "true";

const press = (node, pressed) => set(node, { "aria-pressed": pressed, "aria-disabled": !isOpen() });

// A row of buttons of which one is chosen.
const choices = (list, name, choose) => {
  const buttons = list.map(([id, text]) => button("choice", text, () => isOpen() && choose(id)));
  const node = set(element("div", "choices", ...buttons), { role: "group", "aria-labelledby": name });
  return [node, (chosen) => buttons.forEach((one, i) => press(one, list[i][0] === chosen))];
};

const warn = (text) => {
  trouble = text;
  save();
  draw();
};

const markScreen = (round) => {
  const { most } = round;
  const changed = () => (isOpen() && kept.marks && kept.marks.round === round.id ? kept.marks.marks : null);
  const chosen = () => changed() || pending().marks || mine().marks || [];
  const toggle = (place) => {
    if (!isOpen()) return;
    const marks = chosen().filter((one) => one !== place);
    if (marks.length === chosen().length) marks.push(place);
    if (most && marks.length > most) return warn(fill(said.full, { most }));
    kept.marks = { round: round.id, marks: marks.sort((one, other) => one - other) };
    warn("");
  };
  const buttons = [];
  const sentence = words(round, (text, i) => (buttons[i] = button("word", text, () => toggle(i))));
  set(sentence, { role: "group", "aria-labelledby": "question" });
  const count = set(element("p", "count"), { "aria-live": "polite" });
  const out = button("main", "", () => {
    const marks = chosen();
    if (rests(out)) return;
    kept.marks = null;
    answer({ marks });
  });
  const bar = element("div", "sendbar", alarm, status, count, out); // always in sight, however long the sentence
  return {
    hint: most ? fill(said.markHint, { most }) : said.markAny,
    nodes: [sentence, bar],
    update() {
      const marks = chosen();
      const before = pending().marks || mine().marks;
      const same = Boolean(before) && String(marks) === String(before);
      buttons.forEach((one, i) => press(one, marks.includes(i)));
      put(count, fill(most ? said.markedOf : said.marked, { count: marks.length, most }));
      put(out, mine().marks ? said.sendChange : said.send);
      rest(out, same || !marks.length);
      count.hidden = out.hidden = !isOpen();
      if (pending().marks && (same || !isOpen())) return onTheWay();
      if (!isOpen()) return ending();
      return same ? said.sent : before ? said.changed : "";
    },
  };
};

const guessScreen = (round) => {
  const [group, update] = choices(round.choices, "question", (choice) => answer({ choice }));
  return {
    hint: said.guessHint,
    nodes: [plainWords(round), group, alarm, status],
    update() {
      const { choice } = mine();
      update(pending().choice || choice);
      if (pending().choice) return onTheWay();
      if (!isOpen()) return ending();
      return choice ? fill(said.sentChoice, { choice: named(choice) }) : "";
    },
  };
};

const named = (id) => (state.round.choices.filter(([one]) => one === id)[0] || ["", id])[1];

// A box for sentences: those that fool the model, or those that it is taught with.
const writeScreen = (round) => {
  const fool = round.kind === "fool";
  const box = set(element("textarea"), { id: "text", rows: 3, dir: "auto", "aria-describedby": "room" });
  const room = set(element("p", "count"), { id: "room" });
  const [group, update] = choices(round.choices, "claim", (id) => {
    kept.draft.label = id;
    warn("");
  });
  const out = element("button", "main", said.send);
  const form = element(
    "form",
    "",
    set(element("label", "", said.sentence), { for: "text" }),
    box,
    room,
    set(element("p", "label", fool ? said.claim : said.example), { id: "claim" }),
    group,
    out,
  );
  const list = element("section", "list");
  let listed = "";
  const length = () => Array.from(typed()).length;
  const sent = () => mine().sentences || [];
  const queued = () => kept.queue.filter((one) => one.round === round.id);
  const among = (all) => all.some(({ text, label }) => text === typed() && label === kept.draft.label);
  const wrong = () => {
    if (!typed()) return said.noText;
    if (length() > LONGEST) return fill(said.tooLong, { count: length(), most: LONGEST });
    if (!kept.draft.label) return said.noLabel;
    return among(sent()) ? said.again : "";
  };
  box.addEventListener("input", () => {
    kept.draft.text = box.value;
    kept.draft.sent = false;
    warn("");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isOpen() || rests(out)) return;
    if (wrong()) return warn(wrong());
    kept.queue.push({ round: round.id, nonce: token(12), text: typed(), label: kept.draft.label });
    send();
  });
  return {
    hint: fool ? said.foolHint : said.teachHint,
    nodes: [form, alarm, status, list],
    update() {
      const { draft } = kept;
      if (box.value !== draft.text) box.value = draft.text;
      box.readOnly = !isOpen();
      form.hidden = !isOpen() && (draft.sent || !typed());
      update(draft.label);
      put(room, `${length()} / ${LONGEST}`);
      room.classList.toggle("over", length() > LONGEST);
      out.hidden = !isOpen();
      rest(out, among(queued()));
      const drawn = JSON.stringify([sent(), queued()]);
      const cards = [...queued().map((one) => card(one, ` · ${said.waiting}`)), ...sent().map((one) => card(one)).reverse()];
      if (drawn !== listed) show(list, cards.length ? heading(said.yours, "") : "", ...cards);
      listed = drawn;
      if (queued().length) return onTheWay();
      if (!isOpen()) return fill(said.closedCount, { count: sent().length });
      return draft.sent && !trouble ? told(sent().slice(-1)[0]) : "";
    },
  };
};

// What came back of a sentence, in words, for who does not see the heat-map.
const told = (one) => {
  const of = (model) => `${model.shown}: ${model.answer} ${model.percent}, ${verdict(model, one.label)}.`;
  return [said.sentOne, ...(one ? one.answers.map(of) : [])].join(" ");
};

// A sentence that was sent, what it is said to be, and what the models make of it.
const card = ({ text, label, answers = [] }, more = "") => {
  const [claimed] = [].concat(label);
  const maps = answers.map((model) => modelMap(model, claimed));
  const about = state.round.kind === "fool" ? fill(said.claimed, { label: named(claimed) }) : named(claimed);
  return element("div", "panel", isolate(text), note(about + more), ...maps, maps.length ? note(said.attentionBelow) : "");
};

// What everybody sees after the reveal.
const revealed = (round) => {
  const { reveal, kind } = round;
  const maps = (reveal.models || reveal.answers || []).map((model) => modelMap(model));
  if (kind === "mark") return [set(element("p", "told", lost()), { role: "status" }), classMap(round), element("section", "panel", ...maps, note(said.attentionBelow))];
  if (kind !== "guess") return [heading(said.shown, ""), ...reveal.shown.map((one) => card(one))];
  const count = fill(said.answers, { count: reveal.devices });
  return [plainWords(round), element("section", "panel", heading(said.guesses, count), bars(round)), element("section", "panel", ...maps)];
};
