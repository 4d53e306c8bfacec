// Lets Node load modules that name each other as the browser does (`/common/…`).

import { register } from "node:module";

const hook = `
const roots = { "/common/": "web_common/", "/console/": "web_console/", "/widget/": "web_widget/" };
export function resolve(specifier, context, next) {
  const root = Object.keys(roots).find((root) => specifier.startsWith(root));
  if (!root) return next(specifier, context);
  return next(new URL(roots[root] + specifier.slice(root.length), ${JSON.stringify(new URL("../../../", import.meta.url).href)}).href, context);
}`;

register(`data:text/javascript,${encodeURIComponent(hook)}`);
