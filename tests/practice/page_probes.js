/** What the page's tests look up inside the browser. */
const probes = {
  /** The HTML that a module of the page makes of a text, without classes and the like. */
  async htmlOf([module, text]) {
    const draw = (await import(`/page/${module}.js`))[module];
    const box = document.createElement("div");
    box.append(draw(text));
    for (const node of box.querySelectorAll("*")) {
      for (const { name } of [...node.attributes]) if (name !== "href") node.removeAttribute(name);
    }
    return box.innerHTML;
  },

  /** Controls without a name for screen readers. */
  unnamed() {
    const hasName = (node) => node.getAttribute("aria-label") || node.labels?.length || node.textContent.trim();
    const controls = document.querySelectorAll("button, a[href], input, textarea, select, [role=region]");
    return [...controls].filter((node) => !hasName(node)).map((node) => node.outerHTML);
  },

  /** Visible buttons that are too small for a finger (36 px). */
  tooSmall() {
    const buttons = [...document.querySelectorAll("button, .popover [role=option]")];
    const isShown = (node) =>
      node.checkVisibility({ visibilityProperty: true }) && node.getBoundingClientRect().width > 0;
    const size = ({ width, height }) => `${width} x ${height}`;
    return buttons
      .filter(isShown)
      .map((node) => [node.getAttribute("aria-label") ?? node.textContent, node.getBoundingClientRect()])
      .filter(([, at]) => at.height < 36 || at.width < 36)
      .map(([name, at]) => `${name}: ${size(at)}`);
  },

  /** Visible texts whose contrast with what is behind them is below 4.5 (WCAG AA). */
  lowContrast() {
    const parse = (text) => {
      const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
      const scale = text.startsWith("color(") ? 255 : 1;
      return { color: [r * scale, g * scale, b * scale], a };
    };
    const over = (top, below) => top.color.map((value, i) => value * top.a + below[i] * (1 - top.a));
    const ground = (node) => {
      const layers = [];
      for (let at = node; at; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.backgroundImage !== "none") return null;
        layers.push(parse(style.backgroundColor));
      }
      return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
    };
    const channel = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const contrast = (one, other) => {
      const [more, less] = [light(one), light(other)].sort((x, y) => y - x);
      return (more + 0.05) / (less + 0.05);
    };
    const found = new Set();
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode.parentElement;
      const isShown =
        node.checkVisibility({ visibilityProperty: true }) && !node.closest(".emoji, noscript, :disabled");
      const below = walk.currentNode.data.trim() && isShown ? ground(node) : null;
      if (!below) continue;
      const ratio = contrast(over(parse(getComputedStyle(node).color), below), below);
      if (ratio < 4.5) found.add(`${ratio.toFixed(2)} ${node.className} ${walk.currentNode.data.slice(0, 30)}`);
    }
    return [...found];
  },
};
