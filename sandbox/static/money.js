// Amounts as the player's language writes them.

export function formatMoney(amount, language, currency) {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  try {
    return new Intl.NumberFormat(language, { ...digits, style: "currency", currency }).format(amount);
  } catch {
    // A currency or language that the browser has no name for.
    return `${new Intl.NumberFormat("en", digits).format(amount)} ${currency}`.trim();
  }
}

for (const element of document.querySelectorAll("[data-money]")) {
  const { money, language, currency } = element.dataset;
  element.textContent = formatMoney(money, language, currency);
}
