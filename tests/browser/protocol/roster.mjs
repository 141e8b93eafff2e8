// A small made-up roster: an office, two city bureaus, two secondary schools reviewed by different
// bureaus, and a college that no bureau reviews. Names and certificates are invented.

export const units = [
    { id: "340000", name: "安徽省试点协调推进办公室", kind: "province_office", city: "",
      review_by: null },
    { id: "340100", name: "合肥市教育局", kind: "city_bureau", city: "合肥市", review_by: null },
    { id: "340200", name: "芜湖市教育局", kind: "city_bureau", city: "芜湖市", review_by: null },
    { id: "S001", name: "淝水“示范”,中等专业学校", kind: "secondary_vocational", city: "合肥市",
      review_by: "340100" },
    { id: "S002", name: "𬭎光职业学校", kind: "secondary_vocational", city: "芜湖市",
      review_by: "340200" },
    { id: "S003", name: "江淮试验职业技术学院", kind: "higher_vocational", city: "合肥市",
      review_by: null },
];

// Imported later, while the server runs.
export const newcomer = { id: "S004", name: "巢湖新开职业学校", kind: "secondary_vocational",
                          city: "合肥市", review_by: "340100" };

export const certificates = [
    { id: "X001", batch: 1, name: "桥梁模型（BIM）", levels: "初级|中级|高级", min_headcount: "" },
    { id: "X002", batch: 1, name: "居家照护", levels: "初级|中级", min_headcount: 30 },
    { id: "X003", batch: 2, name: "=1+2 智能制造", levels: "初级|中级", min_headcount: "" },
    { id: "X004", batch: 3, name: "+增材制造", levels: "初级|中级|高级", min_headcount: "" },
    { id: "X005", batch: 4, name: "＝全角等号工艺", levels: "初级|中级|高级", min_headcount: "" },
    { id: "X006", batch: 4, name: '物联网,"家居"安装', levels: "初级|中级|高级", min_headcount: "" },
].map((entry) => ({ organisation: "江淮样例评价组织", ...entry }));

// Cells that a spreadsheet would run as a formula, with the apostrophe our export gives them.
export const guarded = (text) => /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;

export const units_table = (rows = units) => [["id", "name", "kind", "city", "review_by"],
    ...rows.map((unit) => [unit.id, unit.name, unit.kind, unit.city, unit.review_by ?? ""])];

export const catalogue_table = () =>
    [["id", "batch", "name", "organisation", "levels", "min_headcount"],
     ...certificates.map((entry) => [entry.id, entry.batch, guarded(entry.name),
                                     entry.organisation, entry.levels, entry.min_headcount])];
