// Amounts as the player's language writes them.

const DIGITS = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

export function formatAmount(amount, language) {
  return new Intl.NumberFormat([language, "en"], DIGITS).format(amount);
}

export function formatMoney(amount, language, currency) {
  if (!/^[A-Z]{3}$/.test(currency)) return `${formatAmount(amount, language)} ${currency}`.trim();
  return new Intl.NumberFormat([language, "en"], { ...DIGITS, style: "currency", currency }).format(amount);
}

for (const element of document.querySelectorAll("[data-money]")) {
  const { money, language, currency } = element.dataset;
  element.textContent = formatMoney(money, language, currency);
}
