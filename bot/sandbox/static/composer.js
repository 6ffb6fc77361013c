// A field for messages: it grows with the text, Enter sends, and what could not be sent stays.

/** `send(text)` resolves to whether it worked. The form has one text field. */
export function connect(form, send) {
  const field = form.querySelector("textarea");
  const fit = () => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  };
  const submit = async () => {
    const text = field.value;
    if (!text.trim()) return;
    field.value = "";
    fit();
    if (!(await send(text)) && !field.value) field.value = text;
    fit();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  field.addEventListener("input", fit);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
}
