// Keeps the lines under the heat-maps' panels where these find them, and tells them that they have come.
export default function ({ data }) {
  const lines = JSON.parse(data.json);
  document.beliefs = lines;
  document.dispatchEvent(new CustomEvent("attnviz:beliefs"));
  return () => document.beliefs === lines && delete document.beliefs;
}
