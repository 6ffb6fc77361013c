
// The page can be read without this. With it, it can be searched, and the chosen way to read it is kept.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const query = byId("_query");
  const found = byId("_found");
  const radios = all("input[name=reading]");
  const kept = "klbot-reading";

  const fold = (text) =>
    text.toLowerCase().replaceAll("ß", "ss").normalize("NFD").replace(/\p{M}/gu, "").replace(/\s+/g, " ");
  const articles = all("article").map((element) => ({
    element,
    text: fold(`${element.textContent} ${element.dataset.also}`),
  }));

  const language = () => (byId("_read_en").checked ? "en" : "de");

  function search() {
    const words = fold(query.value).split(" ").filter(Boolean);
    let count = 0;
    for (const { element, text } of articles) {
      element.hidden = !words.every((word) => text.includes(word));
      count += element.hidden ? 0 : 1;
    }
    for (const section of all("main section")) {
      section.hidden = all("article", section).every((one) => one.hidden);
    }
    for (const link of all("nav [data-for]")) link.hidden = byId(link.dataset.for).hidden;
    for (const topic of all(".topics > li")) {
      topic.querySelector(".count").textContent = all("li:not([hidden])", topic).length;
    }
    const said = found.dataset[`${count ? "found" : "none"}${language() === "en" ? "En" : "De"}`];
    found.textContent = words.length
      ? said.replace("{count}", count).replace("{total}", articles.length)
      : "";
    mark(words);
  }

  function mark(words) {
    if (!window.Highlight || !CSS.highlights) return;
    const ranges = [];
    if (words.length) {
      const nodes = document.createTreeWalker(byId("_main"), NodeFilter.SHOW_TEXT);
      for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
        const text = node.data.toLowerCase();
        for (const word of words.filter((one) => one.length > 1)) {
          for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
            if (at + word.length > node.length) break;
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + word.length);
            ranges.push(range);
          }
        }
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  function read() {
    document.documentElement.lang = language();
    const key = language() === "en" ? "exampleEn" : "exampleDe";
    query.placeholder = query.dataset[key];
    search();
  }

  function choose(reading) {
    const radio = radios.find((one) => one.value === reading);
    if (radio) radio.checked = true;
  }

  function remember() {
    try {
      localStorage.setItem(kept, radios.find((one) => one.checked).value);
    } catch {
      // A browser that keeps nothing shows German next time.
    }
  }

  function remembered() {
    try {
      return localStorage.getItem(kept);
    } catch {
      return null;
    }
  }

  // An address that leads to an answer shows it, whatever was searched for.
  function show() {
    const target = byId(decodeURIComponent(location.hash.slice(1)));
    if (!target || !target.closest("[hidden]")) return;
    query.value = "";
    search();
    target.scrollIntoView();
  }

  byId("_search").hidden = false;
  choose(new URLSearchParams(location.search).get("lang") || remembered());
  if (matchMedia("(min-width: 64rem)").matches) {
    const first = document.querySelector("nav details");
    if (first) first.open = true;
  }
  for (const radio of radios) {
    radio.addEventListener("change", () => {
      remember();
      read();
    });
  }
  query.addEventListener("input", search);
  addEventListener("hashchange", show);
  read();
  show();
})();
