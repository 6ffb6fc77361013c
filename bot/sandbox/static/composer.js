// A field for messages: it grows with the text, Enter sends, and what could not be sent stays.

/**
 * `send(text)` resolves to whether it worked. The form has one text field.
 * `mayBeEmpty()`: whether there is something to send without words. Gives a function that puts words into the field.
 */
export function connect(form, send, mayBeEmpty = () => false) {
  const field = form.querySelector("textarea");
  const fit = () => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  };
  const put = (text) => {
    field.value = text;
    fit();
  };
  const submit = async () => {
    const text = field.value;
    if (!text.trim() && !mayBeEmpty()) return;
    put("");
    if (!(await send(text)) && !field.value) put(text);
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
  return put;
}
