/** Python that asks a deployment for its page with the token of its owner. */
export function pythonSnippet(url: string): string {
  return `import requests
import os

url = ${JSON.stringify(url)}
SATURN_TOKEN = os.environ["SATURN_TOKEN"]
response = requests.get(
    url,
    headers={"Authorization": f"token {SATURN_TOKEN}"}
)
`;
}
