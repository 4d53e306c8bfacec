// One file on its way up, with how far it has got; fetch cannot say that.

/** @typedef {import("./types.d.ts").Attachment} Attachment */

/** Why a file was not taken: a code of docs/protocol.md, `offline`, or `http` for what nobody foresaw. */
export class UploadError extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.name = "UploadError";
    this.code = code;
  }
}

/**
 * @param {string} path
 * @param {Record<string, string>} headers
 * @param {Blob} blob
 * @param {(part: number) => void} onprogress  0 to 1
 * @param {AbortSignal} signal
 * @returns {Promise<Attachment>}
 */
export function uploadTo(path, headers, blob, onprogress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    for (const [name, value] of Object.entries({ "content-type": blob.type || "application/octet-stream", ...headers })) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onprogress(total ? loaded / total : 0);
    request.onerror = request.ontimeout = () => reject(new UploadError("offline"));
    request.onabort = () => reject(new UploadError("aborted"));
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status === 201 && answer?.id) resolve(answer);
      else reject(new UploadError(answer?.error?.code ?? (request.status === 413 ? "file_too_large" : "http")));
    };
    signal.addEventListener("abort", () => request.abort());
    request.send(blob);
  });
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's error page, say.
    return null;
  }
}
