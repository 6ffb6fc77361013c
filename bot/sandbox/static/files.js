// Files that somebody chose, as the driver API takes them.

/** Name, type and content. Rejects with a sentence if the file cannot be read. */
export const encoded = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("error", () => reject(new Error(`${file.name} lässt sich nicht lesen.`)));
    reader.addEventListener("load", () => resolve({ name: file.name, type: file.type || "application/octet-stream", content_base64: reader.result.split(",")[1] || "" }));
    reader.readAsDataURL(file);
  });
