// What is said of a number: its formula with the numbers put in, where it comes from and where it goes.

const down = (text) => element("sub", "", String(text));
const PLAIN = 3;
const figure = (number) => (Math.abs(number) < 1e5 ? fixed(number, PLAIN) : number.toExponential(2).replace("e+", "e"));
const bracketed = (number) => (number < 0 ? `(${figure(number)})` : figure(number));
const listed = (lead, more) => `(${lead.map(figure).join(", ")}${more ? ", …" : ""})`;

// Each returns { formula, from, to }: lists of texts and nodes.
const tell = {
  word({ data, i }) {
    const { count, known } = data.words[i];
    const seen = count ? fill(data.texts.counted, { count: count.toLocaleString("en") }) : "";
    return { formula: [], from: [data.texts.tokens, known && seen ? `, ${seen}` : ""], to: ["x", down(i + 1)] };
  },

  x({ data, reader, i, word }) {
    const { known, ngrams } = data.words[i];
    const { texts, unknown } = data;
    const source = known ? texts.row : unknown === "unk" ? texts.unk : ngrams ? texts.ngrams : texts.zero;
    return {
      formula: ["x", down(i + 1), " = ", listed(reader.leads.x[i], reader.dim > 3), "  ", fill(texts.numbers, { count: reader.dim })],
      from: [fill(source, { word })],
      to: ["→h", down(i + 1), ", ←h", down(i + 1)],
    };
  },

  f: (about) => state(about, "→", -1),
  b: (about) => state(about, "←", 1),

  e({ data, reader, i }) {
    const [score, bias] = [reader.scores[i], reader.scorerBias];
    const linear = reader.scorer === "linear";
    const sum = linear
      ? ["W·h", down(i + 1), " + b = ", figure(Number((score - bias).toFixed(PLAIN))), bias < 0 ? " − " : " + ", figure(Math.abs(bias)), " = "]
      : ["v·tanh(W·h", down(i + 1), " + b) = "];
    const last = data.words.length;
    return {
      formula: ["e", down(i + 1), " = ", ...sum, figure(score)],
      from: ["h", down(i + 1), " = [→h", down(i + 1), " ; ←h", down(i + 1), linear ? "], W, b" : "], v, W, b"],
      to: last > 1 ? ["α", down(1), " … α", down(last)] : ["α", down(1)],
    };
  },

  a({ data, reader, i }) {
    const last = data.words.length;
    const to = ["c = … + ", figure(reader.shares[i]), " · h", down(i + 1), " + …"];
    if (reader.taken) return { formula: ["α", down(i + 1), " = ", figure(reader.shares[i])], from: [data.texts.byHand], to };
    return {
      formula: ["α", down(i + 1), " = exp(e", down(i + 1), ") / Σ", down("j"), " exp(e", down("j"), ") = ",
        figure(reader.powers[i]), " / ", figure(reader.powerSum), " = ", figure(reader.shares[i])],
      from: last > 1 ? ["e", down(1), " … e", down(last)] : ["e", down(1)],
      to,
    };
  },

  c({ data, reader }) {
    const { terms, lead } = reader.context;
    const parts = terms.flatMap(([, share, value], place) => [place ? " + " : "", `${figure(share)} × ${bracketed(value)}`]);
    const rest = data.words.length > terms.length ? " + …" : "";
    return {
      formula: ["c", down(1), " = Σ α", down("i"), " h", down("i,1"), " = ", ...parts, rest, " = ", figure(lead[0]), ";  c = ", listed(lead, reader.half > 1)],
      from: terms.flatMap(([at], place) => [place ? ", " : "", `α`, down(at + 1), " h", down(at + 1), ` (${data.words[at].name})`]).concat(rest ? ", …" : ""),
      to: data.labels.flatMap((label, k) => [k ? ", " : "", "z", down(label)]).slice(0, 12),
    };
  },

  z({ data, reader, k }) {
    const { texts } = data;
    const parts = reader.contributions.map((all, at) => [all[k], at]).sort((one, other) => Math.abs(other[0]) - Math.abs(one[0]));
    const named = parts.slice(0, 2);
    const rest = parts.slice(2).reduce((sum, [value]) => sum + value, 0);
    const terms = named.map(([value, at]) => `${signed(value, PLAIN)} (${data.words[at].name}) `);
    if (parts.length > 2) terms.push(`${signed(rest, PLAIN)} (${texts.others}) `);
    return {
      formula: ["z = Σ α", down("i"), " V·h", down("i"), " + d = ", ...terms, `${signed(reader.bias[k], PLAIN)} (${texts.bias}) = ${figure(reader.logits[k])};  `,
        `softmax → ${figure(reader.probabilities[k])}`],
      from: ["c = ", listed(reader.context.lead, true)],
      to: [`${data.labels[k]}: ${reader.percents[k]}`],
    };
  },
};

const state = ({ data, reader, part, i }, arrow, step) => {
  const [before, last] = [i + step, data.words.length - 1];
  const other = before < 0 || before > last ? [", ", data.texts.start] : [`, ${arrow}h`, down(before + 1)];
  const next = i - step < 0 || i - step > last ? [] : [`${arrow}h`, down(i - step + 1), ", "];
  const inside = before < 0 || before > last ? [", 0"] : [`, ${arrow}h`, down(before + 1)];
  return {
    formula: [`${arrow}h`, down(i + 1), " = LSTM(x", down(i + 1), ...inside, ") = ", listed(reader.leads[part][i], reader.half > 3), "  ",
      fill(data.texts.numbers, { count: reader.half })],
    from: ["x", down(i + 1), ...other],
    to: [...next, "e", down(i + 1), ", c"],
  };
};

// Its figure alone, as it is written in the picture or said of it.
const valueOf = (part, reader, i, k) =>
  ({
    x: () => listed(reader.leads.x[i], reader.dim > 3),
    f: () => listed(reader.leads.f[i], reader.half > 3),
    b: () => listed(reader.leads.b[i], reader.half > 3),
    e: () => figure(reader.scores[i]),
    a: () => figure(reader.shares[i]),
    c: () => listed(reader.context.lead, reader.half > 1),
    z: () => reader.percents[k],
  })[part]?.() ?? "";
