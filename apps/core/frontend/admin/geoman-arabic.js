/** Geoman's texts in Arabic; it has none of its own. */
export const arabic = {
  tooltips: {
    placeMarker: "انقر لوضع الموقع",
    placeMarkerTouch: "المس الخريطة لوضع الموقع",
    firstVertex: "انقر لوضع النقطة الأولى",
    continueLine: "انقر لمتابعة الرسم",
    finishLine: "انقر أي نقطة موضوعة لإنهاء الخط",
    finishPoly: "انقر النقطة الأولى لإغلاق الشكل",
    finishRect: "انقر للإنهاء",
  },
  actions: { finish: "إنهاء", cancel: "إلغاء", removeLastVertex: "حذف آخر نقطة" },
  buttonTitles: {
    drawMarkerButton: "وضع موقع",
    drawPolyButton: "رسم مضلع",
    drawLineButton: "رسم خط",
    drawRectButton: "رسم مستطيل",
    editButton: "تعديل النقاط",
    dragButton: "تحريك",
    cutButton: "قص فتحة",
    deleteButton: "حذف",
    rotateButton: "تدوير",
    snappingButton: "الالتصاق بالنقاط المجاورة",
  },
};
