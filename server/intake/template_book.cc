#include "server/intake/template_book.h"

#include "proto/words.h"
#include "server/intake/workbook_bytes.h"

namespace relief::server::intake {
namespace {

constexpr int kTextFormat = 49;

TemplateColumn Needed(const char* heading, const char* remark, const char* example) {
  return {heading, remark, true, example};
}
TemplateColumn Wanted(const char* heading, const char* remark, const char* example) {
  return {heading, remark, false, example};
}

const TemplateColumn kName = Needed("姓名", "救助对象本人的姓名，与身份证一致。", "王秀兰");
const TemplateColumn kNumber =
    Needed("身份证号", "18位公民身份号码，末位X大写。单元格已设为文本，请勿改为数字。", "371302195003140028");
const TemplateColumn kPhone = Wanted("联系电话", "手机号，或区号加固定电话。", "13905390001");
const TemplateColumn kAddress = Wanted("家庭住址", "现住址，写到门牌号。", "柳林街道5号");
const TemplateColumn kRegion =
    Wanted("区划代码", "发放地的县级行政区划代码，6位；整表同一县时可不填。", "371302");
const TemplateColumn kHousehold = Wanted("户编号", "同一户各成员填同一编号，如低保证号。", "D0001");
const TemplateColumn kRelation = Wanted("与户主关系", "如户主、配偶、子、女。", "户主");
const TemplateColumn kStart = Needed("起始年月", "从哪个月起享受，如2026-10。", "2026-10");
const TemplateColumn kEnd = Wanted("终止年月", "已经停发的，填最后享受的月份；仍在享受的不填。", "");
const TemplateColumn kAccount = Wanted("银行账号", "收款账号。单元格已设为文本。", "6222021610001234567");
const TemplateColumn kPayDate = Needed("发放日期", "实际发放的日期，如2026-10-15。", "2026-10-15");

TemplateColumn Money(const char* heading, const char* remark) { return Needed(heading, remark, "650.00"); }

}  // namespace

std::vector<TemplateColumn> TemplateColumns(v1::Programme programme, bool facts) {
  if (facts)
    return {kName, kNumber,
            Needed("事项", "如死亡、困难残疾人生活补贴、重度残疾人护理补贴、孤儿基本生活费。", "死亡"),
            Needed("日期", "发生或认定的日期，如2026-10-15。", "2026-10-15")};
  switch (programme) {
    case v1::MINIMUM_LIVING:
      return {kHousehold,
              kName,
              kNumber,
              kRelation,
              kStart,
              kEnd,
              Money("月保障金", "本人每月的保障金，单位元。整户一笔的只填在户主一行。"),
              kAccount,
              kPhone,
              kAddress,
              kRegion};
    case v1::EXTREME_POVERTY:
      return {kName,    kNumber, Wanted("供养方式", "集中供养或分散供养。", "分散供养"),
              kStart,   kEnd,    Money("月供养金", "每月的供养金合计，单位元。"),
              kAccount, kPhone,  kAddress,
              kRegion};
    case v1::DISASTER:
      return {kName,
              kNumber,
              Wanted("灾害名称", "如2026年7月洪涝灾害。", "2026年7月洪涝灾害"),
              kPayDate,
              Money("救助金额", "本次救助金额，单位元。"),
              kHousehold,
              kAccount,
              kPhone,
              kAddress,
              kRegion};
    case v1::MEDICAL:
      return {kName,
              kNumber,
              Wanted("就医类型", "住院或门诊。", "住院"),
              Wanted("票据号", "医疗费用票据的号码。", "F202610001"),
              kPayDate,
              Money("医疗救助金额", "医疗救助支付的金额，单位元。"),
              Wanted("总费用", "医疗费用总额，单位元。", "5000.00"),
              Wanted("医保支付", "基本医保和大病保险支付的金额，单位元。", "3000.00"),
              kRegion};
    case v1::EDUCATION:
      return {kName,
              kNumber,
              Wanted("学校名称", "就读学校的全称。", "临沂第一实验小学"),
              Needed("学期", "如2026秋、2026-2027学年第一学期。", "2026秋"),
              Wanted("资助项目", "如家庭经济困难学生生活补助。", "生活补助"),
              Money("资助金额", "本学期的资助金额，单位元。"),
              kAccount,
              kRegion};
    case v1::HOUSING:
      return {kName,
              kNumber,
              Wanted("保障方式", "公租房、租赁补贴或危房改造。", "租赁补贴"),
              Wanted("合同号", "租赁合同的编号。", "H0001"),
              kStart,
              kEnd,
              Money("月租金补贴", "每月的补贴，单位元。"),
              kAddress,
              kPhone,
              kRegion};
    case v1::EMPLOYMENT:
      return {kName,    kNumber, Wanted("援助项目", "公益性岗位、社会保险补贴等。", "公益性岗位"),
              kStart,   kEnd,    Money("月补贴金额", "每月的补贴，单位元。"),
              kAccount, kPhone,  kRegion};
    case v1::TEMPORARY:
      return {kName,
              kNumber,
              Wanted("致困原因", "如突发重病、意外事故、火灾。", "突发重病"),
              kPayDate,
              Money("救助金额", "本次救助金额，单位元。"),
              kHousehold,
              kAccount,
              kPhone,
              kAddress,
              kRegion};
    default:
      return {};
  }
}

std::string TemplateTitle(v1::Programme programme, bool facts) {
  return facts ? "其他部门信息" : Word(programme, Language::kChinese);
}

absl::StatusOr<std::string> TemplateWorkbook(v1::Programme programme, bool facts) {
  const std::vector<TemplateColumn> columns = TemplateColumns(programme, facts);
  if (columns.empty()) return absl::InvalidArgumentError("programme: one of the contract's");
  return WorkbookBytes([&](lxw_workbook* book) {
    const std::string title = TemplateTitle(programme, facts);
    lxw_worksheet* sheet = workbook_add_worksheet(book, title.c_str());
    lxw_format* head = workbook_add_format(book);
    format_set_bold(head);
    format_set_font_size(head, 14);
    lxw_format* wanted = workbook_add_format(book);
    lxw_format* needed = workbook_add_format(book);
    for (lxw_format* format : {wanted, needed}) {
      format_set_bold(format);
      format_set_bg_color(format, 0xE6EEF5);
      format_set_border(format, LXW_BORDER_THIN);
    }
    format_set_font_color(needed, 0xB42318);
    lxw_format* text = workbook_add_format(book);
    format_set_num_format_index(text, kTextFormat);
    worksheet_write_string(sheet, 0, 0,
                           (title + "导入模板（红色为必填，把鼠标移到列名上可看填写说明）").c_str(), head);
    for (size_t i = 0; i < columns.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      worksheet_set_column(sheet, column, column, columns[i].heading == "身份证号" ? 24 : 16, text);
      worksheet_write_string(sheet, 1, column, columns[i].heading.c_str(),
                             columns[i].required ? needed : wanted);
      worksheet_write_comment(sheet, 1, column, columns[i].remark.c_str());
    }
    worksheet_freeze_panes(sheet, 2, 0);
  });
}

}  // namespace relief::server::intake
