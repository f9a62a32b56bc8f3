// SPDX-License-Identifier: Apache-2.0
// Reads lines ENCODED COUNT PERCENTILES… and fails where the official library sees anything else.
const hdr = require("hdr-histogram-js");
const percents = [0, 50, 90, 99, 99.9, 99.99, 100];
const lines = require("fs").readFileSync(0, "utf8").trim().split("\n");
let wrong = 0;
for (const line of lines) {
  const [encoded, count, ...ours] = line.split(" ");
  const histogram = hdr.decodeFromCompressedBase64(encoded, 64, false);
  const theirs = percents.map((percent) => String(histogram.getValueAtPercentile(percent)));
  if (String(histogram.totalCount) === count && theirs.join() === ours.join()) continue;
  wrong += 1;
  console.log(`ours ${count}: ${ours}\ntheirs ${histogram.totalCount}: ${theirs}`);
}
console.log(`${lines.length} histograms, ${wrong} read differently`);
process.exit(lines.length === 7 && wrong === 0 ? 0 : 1);
