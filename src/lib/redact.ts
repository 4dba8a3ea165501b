// Takes secrets out of text that is about to be written where people look: the audit log, log lines.
// Goes by the shapes that the two services document or show in recorded traffic: their tokens, and
// addresses that carry a signature. An address that was signed keeps its path, because the name of the
// file is what a reader wants; Airtable puts the signature into the path, so there only the host stays.

/** Notion: `ntn_…`, formerly `secret_…`. Airtable: `pat` + 14, a dot, 64 hex digits. */
const tokenPattern =
  /\b(?:ntn_[A-Za-z0-9]{16,}|secret_[A-Za-z0-9]{16,}|pat[A-Za-z0-9]{14}\.[A-Fa-f0-9]{16,}|Bearer\s+[\w.~+/-]{16,}=*)/g;

const addressPattern = /https?:\/\/[^\s"'<>`\\]+/g;

const signingParameter =
  /[?&#;](?:x-amz-[a-z-]+|x-goog-[a-z-]+|awsaccesskeyid|signature|sig|policy|key-pair-id|token|access_token|auth)=/i;

const signedPathHost = /^(https?:\/\/[^/?#]*airtableusercontent\.com)\/[^?#]+.*$/i;

/** The same text without tokens and signatures. */
export function redact(text: string): string {
  return text.replace(addressPattern, redactAddress).replace(tokenPattern, "[token]");
}

function redactAddress(address: string): string {
  const host = signedPathHost.exec(address)?.[1];
  if (host !== undefined) return `${host}/[signed]`;
  if (!signingParameter.test(address)) return address;
  const end = address.search(/[?#]/);
  return `${address.slice(0, end)}?[signed]`;
}
