"use strict";
// The page's only script: sorting, filtering, copying, the theme, and where numbers come from. Without it the page reads as
// well. Text from data is only ever set as text, never as markup.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const traces = JSON.parse(document.getElementById("traces").textContent);

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // The theme: the system's, unless the reader chose one.
  const themes = ["auto", "light", "dark"];
  const kept = (value) => {
    try {
      if (value === undefined) return localStorage.getItem("xstilts-theme");
      localStorage.setItem("xstilts-theme", value);
    } catch { /* a browser that keeps nothing for files */ }
    return null;
  };
  const themeButton = make("button", { type: "button", id: "theme" });
  const setTheme = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    themeButton.textContent = `Theme: ${theme}`;
    themeButton.dataset.now = theme;
  };
  setTheme(themes.includes(kept()) ? kept() : "auto");
  themeButton.addEventListener("click", () => {
    const next = themes[(themes.indexOf(themeButton.dataset.now) + 1) % themes.length];
    setTheme(next);
    kept(next);
  });
  document.querySelector("nav").append(themeButton);

  // Numbers in cells: a true minus sign, thousands with commas, words last.
  const first = (cell) => (cell.firstChild && cell.firstChild.nodeType === 3 ? cell.firstChild.data : cell.textContent).trim();
  const numberOf = (text) => {
    const found = /^[<+−-]?[\d,]*\.?\d+/.exec(text);
    return found ? parseFloat(found[0].replace("−", "-").replace(/[,<+]/g, "")) : null;
  };
  const textOf = (cell) => {
    const small = cell.querySelector("small");
    const head = cell.querySelector("button, abbr");
    if (small) return `${first(cell)} ${small.textContent}`;
    return (head || cell).textContent.trim();
  };

  const sortBy = (table, column, header) => {
    const body = table.tBodies[0];
    const descending = header.getAttribute("aria-sort") !== "descending";
    const keyed = [...body.rows].map((row, place) => {
      const text = first(row.cells[column]);
      return { row, place, text, number: numberOf(text) };
    });
    keyed.sort((a, b) => {
      if (a.number === null || b.number === null) {
        if (a.number !== null || b.number !== null) return a.number === null ? 1 : -1;
        return (descending ? 1 : -1) * a.text.localeCompare(b.text) || a.place - b.place;
      }
      return (descending ? b.number - a.number : a.number - b.number) || a.place - b.place;
    });
    body.append(...keyed.map((one) => one.row));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", descending ? "descending" : "ascending");
  };

  // Copies of a table: what is shown of it, in the order in which it is shown.
  const linesOf = (table) => {
    const shown = [table.tHead.rows[0], ...[...table.tBodies[0].rows].filter((row) => !row.hidden)];
    const drawn = (cell) => cell.classList.contains("rail-cell") || cell.classList.contains("rail-head");
    return shown.map((row) => [...row.cells].filter((cell) => !drawn(cell)).map(textOf));
  };
  const special = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "−": "$-$", "Δ": "$\\Delta$", "–": "--", "<": "\\textless{}", ">": "\\textgreater{}" };
  const latexCell = (text) => text.replace(/[&%$#_{}]/g, "\0$&").replace(/[\\~^−Δ–<>]/g, (c) => special[c]).replace(/\0/g, "\\");
  const formats = {
    LaTeX: (lines) => {
      const rows = lines.map((line) => `${line.map(latexCell).join(" & ")} \\\\`);
      const columns = "l" + "r".repeat(lines[0].length - 1);
      return ["\\begin{tabular}{" + columns + "}", "\\toprule", rows[0], "\\midrule", ...rows.slice(1), "\\bottomrule", "\\end{tabular}", ""].join("\n");
    },
    Markdown: (lines) => {
      const cells = lines.map((line) => `| ${line.map((text) => text.replace(/[\\|<*`]/g, "\\$&")).join(" | ")} |`);
      return [cells[0], `| --- |${" ---: |".repeat(lines[0].length - 1)}`, ...cells.slice(1), ""].join("\n");
    },
    CSV: (lines) => lines.map((line) => line.map((text) => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text)).join(",")).join("\n") + "\n",
  };
  const say = (text) => {
    document.querySelectorAll(".said").forEach((old) => old.remove());
    const said = make("div", { className: "said", textContent: text });
    said.setAttribute("role", "status");
    document.body.append(said);
    setTimeout(() => said.remove(), 2500);
  };
  const copy = async (text, what) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch { // an older browser, or a page that may not
      const area = make("textarea", { value: text, className: "hide" });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say(`Copied as ${what}`);
  };

  const equip = (tool) => {
    const table = tool.querySelector("table");
    if (!table || tool.dataset.ready) return;
    tool.dataset.ready = "yes";
    const bar = make("div", { className: "bar" });
    if (table.tBodies[0].rows.length > 4) {
      const input = make("input", { type: "search", placeholder: "Filter rows" });
      input.setAttribute("aria-label", `Filter rows: ${table.caption.textContent}`);
      input.addEventListener("input", () => {
        const wanted = input.value.trim().toLowerCase();
        for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
      });
      bar.append(input);
    }
    bar.append(make("span", { className: "grow" }), make("span", { textContent: "Copy as" }));
    for (const name of Object.keys(formats)) {
      const button = make("button", { type: "button", textContent: name });
      button.setAttribute("aria-label", `Copy as ${name}: ${table.caption.textContent}`);
      button.addEventListener("click", () => copy(formats[name](linesOf(table)), name));
      bar.append(button);
    }
    tool.prepend(bar);
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      if (header.classList.contains("rail-head")) return;
      const button = make("button", { type: "button" });
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sortBy(table, column, header));
    });
    // A shade at the right says that there is more of a table than is in sight.
    const scroll = tool.querySelector(".scroll");
    if (scroll) {
      const hint = () => {
        tool.classList.toggle("more", scroll.scrollLeft + scroll.clientWidth < scroll.scrollWidth - 2);
        tool.style.setProperty("--tall", `${table.tHead.offsetHeight + table.tBodies[0].offsetHeight}px`);
      };
      scroll.addEventListener("scroll", hint, { passive: true });
      new ResizeObserver(hint).observe(scroll);
    }
    const cell = table.classList.contains("matrix") && table.querySelector("tbody td");
    if (cell) cell.tabIndex = 0;
  };

  // Tables get their tools when they come near the window, so that a large page opens fast.
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      near.unobserve(entry.target);
      equip(entry.target);
    }
  }, { rootMargin: "600px" });
  const watch = (within) => within.querySelectorAll(".tool").forEach((tool) => near.observe(tool));
  watch(document);

  // A large page keeps closed folds as text, which a browser reads much faster than tables. They are built from it, the
  // page's own markup, when they are opened, linked to or printed, and one by one whenever the browser has nothing else to
  // do, so that a search in the page finds what is in them.
  const build = (fold) => {
    const kept = fold?.querySelector(":scope > noscript");
    if (!kept) return;
    kept.outerHTML = kept.textContent;
    watch(fold);
  };
  const unbuilt = () => [...document.querySelectorAll("details > noscript")].map((kept) => kept.parentNode);
  document.addEventListener("toggle", (event) => build(event.target), true);
  const idle = self.requestIdleCallback || ((callback) => setTimeout(() => callback({ timeRemaining: () => 0 }), 50));
  const buildNext = (queue) => idle((deadline) => {
    do build(queue.shift()); while (queue.length && deadline.timeRemaining() > 20);
    if (queue.length) buildNext(queue);
  });
  addEventListener("load", () => { const queue = unbuilt(); if (queue.length) buildNext(queue); });

  // Where a number comes from.
  const quoted = (text) => JSON.stringify(text);
  const listed = (names, most = 12) => names.slice(0, most).join(", ") + (names.length > most ? ` and ${names.length - most} more` : "");
  const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
  const wordsFor = (cell) => {
    const table = cell.closest("table.matrix");
    if (!table || cell.tagName !== "TD") return null;
    const row = cell.parentNode, head = table.tHead.rows[0].cells[cell.cellIndex];
    const recipe = row.cells[0].textContent, { code } = head.dataset, { span, place, shows } = table.dataset;
    let sets, wanted;
    if (span === "test set") [sets, wanted] = [[traces.sets[place]], code === "mean" ? null : code];
    else if (span === "languages") [sets, wanted] = [traces.sets.filter((set) => set.encoder === place), code];
    else [sets, wanted] = [code === "mean" ? traces.sets.filter((set) => set.encoder === place) : [traces.sets[code]], null];
    const found = [];
    for (const set of sets) {
      const cells = Object.entries(set.cells[recipe] || {});
      const zeroShot = cells.some(([language]) => !set.source.includes(language));
      for (const [language, about] of cells) {
        const inMean = !zeroShot || !set.source.includes(language);
        if (wanted === null ? inMean : language === wanted) found.push({ set, language, about });
      }
    }
    if (!found.length) return null;
    const distinct = (values) => [...new Set(values)];
    const runs = distinct(found.map((one) => one.about[0])).map((at) => `seeds ${traces.seeds[at].join(", ") || "none"}`);
    const lost = Math.max(...found.map((one) => one.about[1]));
    const examples = found.map((one) => one.about[2] || 0);
    const rows = found.reduce((sum, one) => sum + one.about[3], 0);
    const keys = distinct(found.flatMap((one) => (one.about[4] ? one.about[4].split(" ") : [])));
    const [least, most] = [Math.min(...examples), Math.max(...examples)];
    const languages = distinct(found.map((one) => one.language)), targets = distinct(found.map((one) => one.set.target));
    const is = (name, values) => (values.length === 1 ? `${name} = ${quoted(values[0])}` : `${name} in (${listed(values.map(quoted))})`);
    const filter = [is("encoder", distinct(found.map((one) => one.set.encoder))), is("recipe", [recipe]), is("target", targets), is("language", languages), is("split", distinct(found.flatMap((one) => one.set.split.split(", ")))), "headline"];
    return {
      title: `${recipe}, ${targets.length === 1 ? targets[0] : counted(targets.length, "target")}, ${languages.length === 1 ? languages[0] : counted(languages.length, "language")}: ${textOf(cell)}`,
      lines: [
        `${shows === "difference" ? `Difference from ${traces.baseline}, same examples and seeds. ` : ""}Mean over ${runs.join("; ")}${lost ? `; ${lost} collapsed and left out` : ""}. ${least === most ? counted(most, "example") : `${least.toLocaleString("en")} to ${counted(most, "example")}`} per test set.`,
        `${counted(rows, "row")} of results.parquet:`,
      ],
      code: `${filter.join(", ")}${keys.length ? `; stages ${listed(keys)}` : ""}`,
    };
  };
  const tip = make("div", { className: "tip", hidden: true, id: "tip" });
  tip.setAttribute("role", "tooltip");
  document.body.append(tip);
  let pinned = null;
  const hide = () => { tip.hidden = true; pinned?.removeAttribute("aria-describedby"); pinned = null; };
  const show = (element) => {
    const drawn = element.dataset?.tip;
    const words = drawn ? { title: drawn, lines: [], code: "" } : wordsFor(element);
    if (!words) return hide();
    pinned?.removeAttribute("aria-describedby");
    pinned = element;
    element.setAttribute("aria-describedby", "tip");
    tip.replaceChildren(make("b", { textContent: words.title }), ...words.lines.map((line) => make("div", { textContent: line })));
    if (words.code) tip.append(make("code", { textContent: words.code }));
    tip.hidden = false;
    const box = element.getBoundingClientRect(), own = tip.getBoundingClientRect();
    const left = Math.max(8, Math.min(box.left, root.clientWidth - own.width - 8));
    const below = box.bottom + own.height + 12 < innerHeight || box.top < own.height + 12;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${(below ? box.bottom + 6 : box.top - own.height - 6) + scrollY}px`;
  };
  const pointed = (event) => event.target.closest?.("table.matrix tbody td, [data-tip]");
  document.addEventListener("mouseover", (event) => { const at = pointed(event); if (at) show(at); else if (!tip.hidden && document.activeElement !== pinned) hide(); });
  document.addEventListener("click", (event) => { const at = pointed(event); if (at) show(at); else hide(); });
  document.addEventListener("focusin", (event) => { const at = pointed(event); if (at) show(at); else hide(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hide();
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const cell = event.target.closest?.("table.matrix tbody td");
    if (!cell || !steps[event.key]) return;
    const [down, right] = steps[event.key];
    const rows = [...cell.closest("tbody").rows].filter((row) => !row.hidden);
    const next = rows[rows.indexOf(cell.parentNode) + down]?.cells[cell.cellIndex + right];
    if (!next || next.tagName !== "TD") return;
    event.preventDefault();
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  // What is linked to or printed is unfolded.
  const unfold = () => {
    const wanted = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = wanted; at; at = at.parentElement) if (at.tagName === "DETAILS") { build(at); at.open = true; }
  };
  addEventListener("hashchange", unfold);
  unfold();
  let closed = [];
  addEventListener("beforeprint", () => { unbuilt().forEach(build); closed = [...document.querySelectorAll("details:not([open])")]; closed.forEach((one) => { one.open = true; }); });
  addEventListener("afterprint", () => { closed.forEach((one) => { one.open = false; }); });
})();
