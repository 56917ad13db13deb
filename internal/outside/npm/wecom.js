// Seals and opens callbacks with @wecom/crypto: JSON lines in, JSON lines out.
const { encrypt, decrypt, getSignature } = require('@wecom/crypto');
const readline = require('readline');

const [token, aesKey, corpId] = process.argv.slice(2);

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const { op, text, timestamp, nonce } = JSON.parse(line);
  if (op === 'seal') {
    const sealed = encrypt(aesKey, text, corpId);
    console.log(JSON.stringify({ text: sealed, signature: getSignature(token, timestamp, nonce, sealed) }));
    return;
  }
  const { message, id } = decrypt(aesKey, text);
  console.log(JSON.stringify({ text: message, id, signature: getSignature(token, timestamp, nonce, text) }));
});
