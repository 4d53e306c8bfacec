// Files beside words: room before a picture is there, and the word for it in a list.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./served.mjs";

const { Files, previewParts, roomOf, sizeText } = await import("../../../web_common/files.js");
const { within } = await import("../../../web_common/pictures.js");
const { pastedFiles } = await import("../../../web_common/received.js");

test("a picture gets smaller with its sides in step and never loses its last pixel", () => {
  assert.deepEqual(within({ width: 4000, height: 3000 }, 2048), { width: 2048, height: 1536 });
  assert.deepEqual(within({ width: 100, height: 50 }, 2048), { width: 100, height: 50 });
  assert.deepEqual(within({ width: 8000, height: 1 }, 1000), { width: 1000, height: 1 });
});

test("the room for a picture is known before it is there, and a finger finds it", () => {
  assert.deepEqual(roomOf({ width: 1536, height: 2048 }), { width: 174, height: 232 });
  assert.deepEqual(roomOf({ width: 2000, height: 10 }), { width: 232, height: 44 });
  assert.deepEqual(roomOf({}), { width: 232, height: 232 }, "of a file that nobody remembers");
});

test("a list tells files from the words that came with them", () => {
  assert.deepEqual(previewParts("It broke"), { n: 0, text: "It broke" });
  assert.deepEqual(previewParts("It broke\ufffc\ufffc"), { n: 2, text: "It broke" });
  assert.deepEqual(previewParts("\ufffc"), { n: 1, text: "" });
});

test("what could not be fetched is asked for again, and what was is not", async () => {
  let [asked, fails] = [0, true];
  const files = new Files(async () => {
    asked += 1;
    if (fails) throw new Error("no connection");
    return new Blob(["one"]);
  });
  const file = { id: "one", type: "image/png", bytes: 3 };
  await assert.rejects(files.address(file));
  fails = false;
  const address = await files.address(file);
  assert.equal(await files.address(file), address);
  assert.equal(asked, 2);
  assert.equal(sizeText(2_600_000), "2.5 MB");
  assert.equal(sizeText(12), "1 KB");
});

test("what was copied as words is pasted as words, a file and a picture as themselves", () => {
  const file = new File(["x"], "image.png", { type: "image/png" });
  assert.deepEqual(pastedFiles({ types: ["Files"], files: [file] }), [file], "a screenshot");
  assert.deepEqual(pastedFiles({ types: ["text/html", "Files"], files: [file] }), [file], "a picture of a page");
  assert.deepEqual(pastedFiles({ types: ["text/plain", "Files"], files: [file] }), [file], "a file, with its name as words");
  assert.deepEqual(pastedFiles({ types: ["text/plain", "text/html", "text/rtf", "Files"], files: [file] }), [], "cells of a spreadsheet");
  assert.deepEqual(pastedFiles(null), []);
});
