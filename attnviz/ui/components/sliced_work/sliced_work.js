// Asks for the next turn once the browser has painted what the last one came to.

class Turns extends Drawing {
  draw({ turn, wait }) {
    const ask = () => {
      this.tell("turn", turn);
      this.timer = setTimeout(ask, 1000); // a request may be lost, if the whole page is drawn meanwhile
    };
    clearTimeout(this.timer);
    this.timer = setTimeout(ask, wait);
  }

  leave() {
    clearTimeout(this.timer);
    this.json = null; // it may be mounted again
  }
}

export default mounted(Turns);
