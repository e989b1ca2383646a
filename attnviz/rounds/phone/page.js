// The page as the server made it: its words, where it lies, and the code of its class, "" where it asks for one.

const part = (id) => document.getElementById(id);
const said = JSON.parse(part("words").textContent);
const { base: BASE } = document.body.dataset;
const LONGEST = Number(document.body.dataset.longest);

// A code as somebody types it: in small letters, with blanks, or on a Korean keyboard that was not switched over.
const FIRST = "R R S E E F A Q Q T T D W W C Z X V G".split(" ");
const MIDDLE = "K O I O J P U P H HK HO HL Y N NJ NP NL B M ML L".split(" ");
const LAST = "R R RT S SW SG E F FR FA FQ FT FX FV FG A Q QT T T D W C Z X V G".split(" ");
const key = (letter) => {
  const place = letter.charCodeAt(0);
  return FIRST[place - 0x1100] || MIDDLE[place - 0x1161] || LAST[place - 0x11a8] || letter;
};
const codeOf = (typed) => Array.from(typed.normalize("NFKD"), key).join("").toUpperCase().replace(/[^0-9A-Z]/g, "");

const CODE = codeOf(document.body.dataset.code);
