#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <set>

#include "adapters/file_feeder.h"
#include "adapters/mapping/row_mapper.h"
#include "tests/adapters/files.h"

namespace relief::adapters {
namespace {

constexpr int64_t kVersion = 1790000000;

// One export as a department writes it, and the records that it means.
struct Sample {
  const char* mapping;
  bool gb18030, mark;
  const char* csv;
  std::vector<const char*> records;  // text form, without the version
};

const Sample kSamples[] = {
    {"minimum_living",
     true,
     false,
     "记录编号,低保家庭编号,与户主关系,姓名,性别,身份证号码,出生日期,联系电话,家庭住址,发放地区划代码,"
     "保障起始年月,保障停止年月,月保障金(元)\r\n"
     "DB000001,H00001,户主,柳试一,女,371302199001010029,1990-01-01,13800000001,南桥街道1号,371322,2025年12月,"
     "2026年3月,279\r\n"
     "DB000002,H00001,子女,柳试二,男, 371302 201501010013,,,,371322,2026年1月,,398.5\r\n",
     {R"(record_id: "DB000001"
         person { name: "柳试一" id_number: "371302199001010029" birth_date { year: 1990 month: 1 day: 1 } sex: FEMALE
                  phones: "13800000001" address: "南桥街道1号" region_code: "371322" }
         household { household_id: "H00001" relation: "户主" }
         benefit { programme: MINIMUM_LIVING form: CASH cycle: MONTHLY paying_region: "371322" amount_fen: 27900
                   start_month { year: 2025 month: 12 } end_month { year: 2026 month: 3 } })",
      R"(record_id: "DB000002"
         person { name: "柳试二" id_number: "371302 201501010013" sex: MALE region_code: "371322" }
         household { household_id: "H00001" relation: "子女" }
         benefit { programme: MINIMUM_LIVING form: CASH cycle: MONTHLY paying_region: "371322" amount_fen: 39850
                   start_month { year: 2026 month: 1 } })"}},
    {"extreme_poverty",
     true,
     false,
     "编号,特困人员姓名,公民身份号码,性别,出生年月日,供养方式,供养起始,供养终止,月供养金,行政区划,住址\r\n"
     "TK000001,石试一,37130219500101001X,1,19500101,集中,202503,,1158,371324,西河乡1号\r\n"
     "TK000002,石试二,,2,,分散,202504,202606,902,371312,\r\n",
     {R"(record_id: "TK000001"
         person { name: "石试一" id_number: "37130219500101001X" birth_date { year: 1950 month: 1 day: 1 } sex: MALE
                  address: "西河乡1号" region_code: "371324" }
         benefit { programme: EXTREME_POVERTY form: CONCENTRATED_CARE cycle: MONTHLY paying_region: "371324"
                   amount_fen: 115800 start_month { year: 2025 month: 3 } })",
      R"(record_id: "TK000002"
         person { name: "石试二" sex: FEMALE region_code: "371312" }
         benefit { programme: EXTREME_POVERTY form: DISPERSED_CARE cycle: MONTHLY paying_region: "371312" amount_fen: 90200
                   start_month { year: 2025 month: 4 } end_month { year: 2026 month: 6 } })"}},
    {"disaster",
     false,
     true,
     "救助流水号,灾害事件,救助阶段,姓名,证件号,性别,出生日期,电话,县区代码,乡镇,救助日期,金额\r\n"
     "SZ000001,2026柳林洪涝,应急救助,江试一,371312199705230644,女,1997/05/23,13800000002,371312,柳林镇,2026/"
     "07/16,539\r\n",
     {R"(record_id: "SZ000001"
         person { name: "江试一" id_number: "371312199705230644" birth_date { year: 1997 month: 5 day: 23 } sex: FEMALE
                  phones: "13800000002" address: "柳林镇" region_code: "371312" }
         benefit { programme: DISASTER form: EMERGENCY_RELIEF cycle: ONCE event_id: "2026柳林洪涝" stage: "应急救助" amount_fen: 53900
                   paying_region: "371312" pay_date { year: 2026 month: 7 day: 16 } })"}},
    {"medical",
     false,
     false,
     "settlement_id,业务类型,参保人姓名,身份证号,性别,出生日期,统筹区,年度,票据号,结算日期,总费用,"
     "基本医保及大病支付,医疗救助支付\r\n"
     "YL000001,资助参保,方试一,371302198312030011,1,1983-12-03,371302,2026,,2026-01-10,0.00,0.00,200.00\r\n"
     "YL000002,住院,方试一,371302198312030011,1,1983-12-03,371302,2026,INV000000001,2026-03-04,20000.00,"
     "12000.50,5600.00\r\n"
     "YL000003,冲账,方试一,371302198312030011,1,1983-12-03,371302,2026,INV000000001,2026-03-07,-20000.00,-"
     "12000.50,-5600.00\r\n",
     {R"(record_id: "YL000001"
         person { name: "方试一" id_number: "371302198312030011" birth_date { year: 1983 month: 12 day: 3 } sex: MALE
                  region_code: "371302" }
         benefit { programme: MEDICAL form: INSURANCE_SUBSIDY cycle: YEARLY benefit_year: 2026 paying_region: "371302"
                   amount_fen: 20000 pay_date { year: 2026 month: 1 day: 10 } })",
      R"(record_id: "YL000002"
         person { name: "方试一" id_number: "371302198312030011" birth_date { year: 1983 month: 12 day: 3 } sex: MALE
                  region_code: "371302" }
         benefit { programme: MEDICAL form: INPATIENT_SETTLEMENT cycle: ONCE paying_region: "371302"
                   invoice_number: "INV000000001" total_cost_fen: 2000000 insured_fen: 1200050 amount_fen: 560000
                   pay_date { year: 2026 month: 3 day: 4 } })",
      R"(record_id: "YL000003"
         person { name: "方试一" id_number: "371302198312030011" birth_date { year: 1983 month: 12 day: 3 } sex: MALE
                  region_code: "371302" }
         benefit { programme: MEDICAL form: STRIKE_OFF cycle: ONCE paying_region: "371302"
                   invoice_number: "INV000000001" total_cost_fen: -2000000 insured_fen: -1200050 amount_fen: -560000
                   pay_date { year: 2026 month: 3 day: 7 } })"}},
    {"education",
     true,
     false,
     "资助编号,学生姓名,性别,身份证件号,出生日期,就读学校,资助学期,资助金额,区县,监护人电话\r\n"
     "JY000001,顾试一,女性,37130220150205184X,2015.2.5,学校117,2026秋,1000,371302,13800000003\r\n",
     {R"(record_id: "JY000001"
         person { name: "顾试一" id_number: "37130220150205184X" birth_date { year: 2015 month: 2 day: 5 } sex: FEMALE
                  phones: "13800000003" region_code: "371302" }
         benefit { programme: EDUCATION form: CASH cycle: PER_TERM term: "2026秋" school: "学校117" amount_fen: 100000
                   paying_region: "371302" start_month { year: 2026 month: 9 } })"}},
    {"housing",
     false,
     true,
     "保障编号,申请人,身份证号,性别,出生日期,保障方式,合同号,起始月,终止月,区划,地址,手机\r\n"
     "ZF000001,张试一,371321199812040019,男,1998-12-04,公租房,GZ515409,2024-10,,371321,北苑街道1号,"
     "13800000004\r\n"
     "ZF000002,张试二,,男,,租赁补贴,,2026-02,2026-08,371321,,\r\n"
     "ZF000003,张试三,,男,,危房改造,WG457952,2026-09,,371321,,\r\n",
     {R"(record_id: "ZF000001"
         person { name: "张试一" id_number: "371321199812040019" birth_date { year: 1998 month: 12 day: 4 } sex: MALE
                  phones: "13800000004" address: "北苑街道1号" region_code: "371321" }
         benefit { programme: HOUSING form: PUBLIC_RENTAL cycle: MONTHLY contract_number: "GZ515409"
                   paying_region: "371321" start_month { year: 2024 month: 10 } })",
      R"(record_id: "ZF000002" person { name: "张试二" sex: MALE region_code: "371321" }
         benefit { programme: HOUSING form: RENT_SUBSIDY cycle: MONTHLY paying_region: "371321"
                   start_month { year: 2026 month: 2 } end_month { year: 2026 month: 8 } })",
      R"(record_id: "ZF000003" person { name: "张试三" sex: MALE region_code: "371321" }
         benefit { programme: HOUSING form: HOUSE_RENOVATION cycle: ONCE paying_region: "371321"
                   contract_number: "WG457952" start_month { year: 2026 month: 9 } })"}},
    {"employment",
     false,
     false,
     "id,姓名,身份证号,性别,出生日期,援助项目,起始月,终止月,金额,区划,手机号\r\n"
     "JYJ000001,刘试一,371322198506194937,1,19850619,公益性岗位,2026-08,,1415,371322,13800000005\r\n",
     {R"(record_id: "JYJ000001"
         person { name: "刘试一" id_number: "371322198506194937" birth_date { year: 1985 month: 6 day: 19 } sex: MALE
                  phones: "13800000005" region_code: "371322" }
         benefit { programme: EMPLOYMENT form: PUBLIC_WELFARE_POST sub_item: "公益性岗位" cycle: MONTHLY amount_fen: 141500
                   paying_region: "371322" start_month { year: 2026 month: 8 } })"}},
    {"temporary",
     true,
     false,
     "救助编号,审批编号,阶段,姓名,身份证号,性别,出生日期,困难事由,事件日期,发放日期,救助金额,发放地,现住址,"
     "电话\r\n"
     "LS000001,SP6315522,2,黄试一,371321197306302401,女,1973年6月30日,子女教育支出,2025-09-02,2025-10-12,800,"
     "371321,西河乡2号,13800000006\r\n",
     {R"(record_id: "LS000001"
         person { name: "黄试一" id_number: "371321197306302401" birth_date { year: 1973 month: 6 day: 30 } sex: FEMALE
                  phones: "13800000006" address: "西河乡2号" region_code: "371321" }
         benefit { programme: TEMPORARY form: CASH cycle: ONCE approval_number: "SP6315522" instalment: 2
                   cause: "子女教育支出" event_date { year: 2025 month: 9 day: 2 } pay_date { year: 2025 month: 10 day: 12 }
                   amount_fen: 80000 paying_region: "371321" })"}},
    {"facts",
     false,
     false,
     "fact_id,姓名,身份证号,性别,出生日期,事项,值,日期,区划,电话\r\n"
     "FA000001,李试一,,1,,死亡,,2026-02-03,371302,\r\n"
     "FA000002,李试二,,1,,在校,义务教育,2026-09-01,371302,\r\n"
     "FA000003,李试三,,1,,登记失业,,2026-01-12,371302,\r\n"
     "FA000004,李试四,,1,,残疾等级,1,2023-05-01,371302,\r\n"
     "FA000005,李试五,,1,,危房,D,2025-12-01,371302,\r\n"
     "FA000006,李试六,,1,,房屋倒损,倒塌,2026-07-12,371302,\r\n"
     "FA000007,李试七,,1,,房屋倒损,严重损坏,2026-07-12,371302,\r\n"
     "FA000008,李试八,,1,,房屋倒损,一般损坏,2026-07-12,371302,13800000007\r\n",
     {R"(record_id: "FA000001" person { name: "李试一" sex: MALE region_code: "371302" }
         fact { type: DEATH date { year: 2026 month: 2 day: 3 } })",
      R"(record_id: "FA000002" person { name: "李试二" sex: MALE region_code: "371302" }
         fact { type: SCHOOL_ENROLMENT value: "义务教育" date { year: 2026 month: 9 day: 1 } })",
      R"(record_id: "FA000003" person { name: "李试三" sex: MALE region_code: "371302" }
         fact { type: REGISTERED_UNEMPLOYMENT date { year: 2026 month: 1 day: 12 } })",
      R"(record_id: "FA000004" person { name: "李试四" sex: MALE region_code: "371302" }
         fact { type: DISABILITY value: "1" date { year: 2023 month: 5 day: 1 } })",
      R"(record_id: "FA000005" person { name: "李试五" sex: MALE region_code: "371302" }
         fact { type: DANGEROUS_HOUSE value: "D" date { year: 2025 month: 12 day: 1 } })",
      R"(record_id: "FA000006" person { name: "李试六" sex: MALE region_code: "371302" }
         fact { type: HOUSE_DAMAGE value: "COLLAPSED" date { year: 2026 month: 7 day: 12 } })",
      R"(record_id: "FA000007" person { name: "李试七" sex: MALE region_code: "371302" }
         fact { type: HOUSE_DAMAGE value: "SEVERE" date { year: 2026 month: 7 day: 12 } })",
      R"(record_id: "FA000008" person { name: "李试八" sex: MALE region_code: "371302" phones: "13800000007" }
         fact { type: HOUSE_DAMAGE value: "MODERATE" date { year: 2026 month: 7 day: 12 } })"}},
    // The columns that not every department has.
    {"facts",
     false,
     false,
     "fact_id,姓名,身份证号,性别,出生日期,事项,值,日期,区划,电话,终止日期,机构,灾害事件,金额(元)\r\n"
     "FA000001,李试一,,,,服刑,,2026-02-03,371302,,2026-08-03,,,\r\n"
     "FA000002,李试二,,,,事实无人抚养儿童补贴,补差,2026-01-01,371302,,,,,800\r\n"
     "FA000003,李试三,,,,自愿放弃,医疗救助,2026-01-12,371302,,,,,\r\n"
     "FA000004,李试四,,,,在职,,2026-05-01,371302,,,某公司,,\r\n"
     "FA000005,李试五,,,,房屋倒损,倒塌,2026-07-12,371302,,,,2026柳林洪涝,\r\n"
     "FA000006,李试六,,,,参加医保,2026,2026-01-02,371302,,,,,\r\n",
     {R"(record_id: "FA000001" person { name: "李试一" region_code: "371302" }
         fact { type: CUSTODY value: "PRISON" date { year: 2026 month: 2 day: 3 } end_date { year: 2026 month: 8 day: 3 } })",
      R"(record_id: "FA000002" person { name: "李试二" region_code: "371302" }
         fact { type: UNATTENDED_CHILD_ALLOWANCE value: "DIFFERENTIAL" date { year: 2026 month: 1 day: 1 } amount_fen: 80000 })",
      R"(record_id: "FA000003" person { name: "李试三" region_code: "371302" }
         fact { type: REFUSED value: "MEDICAL" date { year: 2026 month: 1 day: 12 } })",
      R"(record_id: "FA000004" person { name: "李试四" region_code: "371302" }
         fact { type: EMPLOYED date { year: 2026 month: 5 day: 1 } institution: "某公司" })",
      R"(record_id: "FA000005" person { name: "李试五" region_code: "371302" }
         fact { type: HOUSE_DAMAGE value: "COLLAPSED" event_id: "2026柳林洪涝" date { year: 2026 month: 7 day: 12 } })",
      R"(record_id: "FA000006" person { name: "李试六" region_code: "371302" }
         fact { type: INSURED value: "2026" date { year: 2026 month: 1 day: 2 } })"}},
    {"minimum_living",
     false,
     false,
     "记录编号,低保家庭编号,姓名,身份证号码,发放地区划代码,保障起始年月,保障停止年月,月保障金(元),停发原因,"
     "保障标记,"
     "决定文号,决定日期,收款账号\r\n"
     "DB000002,H00001,柳试一,,371322,2025-12,2026-03,279,收入超标,渐退期,临民决1号,2025-11-20,"
     "6217000000000000001\r\n",
     {R"(record_id: "DB000002" person { name: "柳试一" region_code: "371322" } household { household_id: "H00001" }
         benefit { programme: MINIMUM_LIVING form: CASH cycle: MONTHLY paying_region: "371322" amount_fen: 27900
                   start_month { year: 2025 month: 12 } end_month { year: 2026 month: 3 } stop_reason: "收入超标"
                   marks: GRADUAL_EXIT decision_number: "临民决1号" decision_date { year: 2025 month: 11 day: 20 }
                   payee_account: "6217000000000000001" })"}},
    {"disaster",
     false,
     false,
     "救助流水号,灾害事件,救助阶段,姓名,救助日期,金额,房屋编号\r\n"
     "SZ000002,2026柳林洪涝,倒损房重建,江试一,2026-09-16,30000,F1\r\n"
     "SZ000003,2026柳林洪涝,其他,江试二,2026-09-16,300,\r\n",
     {R"(record_id: "SZ000002" person { name: "江试一" }
         benefit { programme: DISASTER form: HOUSE_REBUILDING cycle: ONCE event_id: "2026柳林洪涝" stage: "倒损房重建"
                   amount_fen: 3000000 house_id: "F1" pay_date { year: 2026 month: 9 day: 16 } })",
      R"(record_id: "SZ000003" person { name: "江试二" }
         benefit { programme: DISASTER cycle: ONCE event_id: "2026柳林洪涝" stage: "其他"
                   amount_fen: 30000 pay_date { year: 2026 month: 9 day: 16 } })"}},
    {"temporary",
     false,
     false,
     "救助编号,审批编号,阶段,姓名,困难事由,发放日期,救助金额,发放地,先行救助,票据号,灾害事件\r\n"
     "LS000002,SP1,1,黄试一,火灾,2026-10-12,800,371321,是,INV1,2026柳林洪涝\r\n"
     "LS000003,SP2,1,黄试二,火灾,2026-10-12,800,371321,否,,\r\n",
     {R"(record_id: "LS000002" person { name: "黄试一" region_code: "371321" }
         benefit { programme: TEMPORARY form: CASH cycle: ONCE approval_number: "SP1" instalment: 1 cause: "火灾"
                   pay_date { year: 2026 month: 10 day: 12 } amount_fen: 80000 paying_region: "371321"
                   marks: ADVANCE_RELIEF invoice_number: "INV1" event_id: "2026柳林洪涝" })",
      R"(record_id: "LS000003" person { name: "黄试二" region_code: "371321" }
         benefit { programme: TEMPORARY form: CASH cycle: ONCE approval_number: "SP2" instalment: 1 cause: "火灾"
                   pay_date { year: 2026 month: 10 day: 12 } amount_fen: 80000 paying_region: "371321" })"}},
    {"leads",
     true,
     false,
     "线索编号,姓名,身份证号,性别,电话,现住址,区划,困难类型,发现日期,发现渠道,紧急程度,撤销日期,情形代码\r\n"
     "XS000001,周试一,,女,13800000008,南桥街道2号,371302,急难,2026-10-08,12349热线,紧急,,J03\r\n"
     "XS000002,周试二,371302199001010029,,,,371302,看病就医,2026年10月9日,社区网格,,2026-10-12,\r\n",
     {R"(record_id: "XS000001" person { name: "周试一" sex: FEMALE phones: "13800000008" address: "南桥街道2号"
                                        region_code: "371302" }
         lead { need: NEED_EMERGENCY found_date { year: 2026 month: 10 day: 8 } channel: "12349热线" urgency: HIGH
                description_code: "J03" })",
      R"(record_id: "XS000002" person { name: "周试二" id_number: "371302199001010029" region_code: "371302" }
         lead { need: NEED_MEDICAL found_date { year: 2026 month: 10 day: 9 } channel: "社区网格"
                closed_date { year: 2026 month: 10 day: 12 } })"}},
    {"gifts",
     false,
     true,
     "捐赠编号,姓名,身份证号,性别,区划,项目编号,帮扶类型,给付日期,金额\r\n"
     "CS000001,吴试一,371302198312030011,男,371302,zhuxue-2026,就学,2026-10-20,\"3,000.00\"\r\n",
     {R"(record_id: "CS000001" person { name: "吴试一" id_number: "371302198312030011" sex: MALE region_code: "371302" }
         gift { project_id: "zhuxue-2026" need: NEED_EDUCATION give_date { year: 2026 month: 10 day: 20 }
                amount_fen: 300000 })"}},
};

std::string Encoded(const Sample& sample) {
  if (sample.gb18030) return InGb18030(sample.csv);
  return sample.mark ? WithMark(sample.csv) : sample.csv;
}

class MappingTest : public testing::Test {
 protected:
  void SetUp() override {
    auto mappings = MappingSet::BuiltIn();
    ASSERT_TRUE(mappings.ok()) << mappings.status();
    mappings_ = *std::move(mappings);
  }

  // Every row of a file through the mapping that its header chooses.
  std::vector<MappedRow> Map(const std::string& bytes) {
    auto file = Export::Open(directory_.Write("export.csv", bytes), mappings_);
    EXPECT_TRUE(file.ok()) << file.status();
    mapping_name_ = file->mapping().name();
    const RowMapper mapper(file->mapping(), file->header(), kVersion);
    std::vector<MappedRow> rows;
    CsvRow row;
    while (*file->reader().Next(&row)) rows.push_back(mapper.Map(row.cells));
    return rows;
  }

  TemporaryDirectory directory_;
  MappingSet mappings_;
  std::string mapping_name_;
};

TEST_F(MappingTest, ReadsTheExportOfEveryDepartment) {
  std::set<std::string> covered;
  for (const Sample& sample : kSamples) {
    const auto rows = Map(Encoded(sample));
    EXPECT_EQ(mapping_name_, sample.mapping);
    covered.insert(mapping_name_);
    ASSERT_EQ(rows.size(), sample.records.size()) << sample.mapping;
    for (size_t i = 0; i < rows.size(); ++i) {
      v1::Record expected;
      ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(sample.records[i], &expected))
          << sample.mapping;
      expected.set_version(kVersion);
      EXPECT_TRUE(rows[i].errors.empty()) << sample.mapping << " row " << i;
      EXPECT_EQ(rows[i].warnings, 0);
      std::string difference;
      google::protobuf::util::MessageDifferencer differencer;
      differencer.ReportDifferencesToString(&difference);
      EXPECT_TRUE(differencer.Compare(expected, rows[i].record)) << sample.mapping << " row " << i << ":\n"
                                                                 << difference;
    }
  }
  for (const Mapping& mapping : mappings_.mappings())
    EXPECT_TRUE(covered.count(mapping.name())) << mapping.name() << " has no sample";
}

TEST_F(MappingTest, RejectsARowWhoseBenefitCannotBeRead) {
  struct Case {
    const char* csv;
    const char* field;
    const char* column;
    const char* cell;
  };
  const Case cases[] = {
      {"记录编号,低保家庭编号,姓名,身份证号码,保障起始年月\nDB1,H1,甲,,2025-13\n", "benefit.start_month",
       "保障起始年月", "2025-13"},
      {"救助编号,审批编号,困难事由,发放日期\nLS1,SP1,火灾,2025-02-30\n", "benefit.pay_date", "发放日期",
       "2025-02-30"},
      {"资助编号,学生姓名,就读学校,资助学期\nJY1,甲,学校,bad\n", "benefit.term", "资助学期", "bad"},
      {"编号,特困人员姓名,公民身份号码,供养方式,供养起始\nTK1,甲,,寄养,202501\n", "benefit.form", "供养方式",
       "寄养"},
      {"fact_id,事项,值,日期\nFA1,房屋倒损,漏雨,2026-07-01\n", "fact.value", "值", "漏雨"},
      {"保障编号,申请人,保障方式,合同号,区划\nZF1,甲,公租房,,临沂\n", "benefit.paying_region", "区划",
       "临沂"},
  };
  for (const Case& one : cases) {
    const auto rows = Map(one.csv);
    ASSERT_EQ(rows.size(), 1u);
    ASSERT_FALSE(rows[0].errors.empty()) << one.column;
    EXPECT_EQ(rows[0].errors[0].field(), one.field);
    EXPECT_EQ(rows[0].errors[0].reason(), v1::FieldError::INVALID);
    EXPECT_NE(rows[0].errors[0].message().find(one.column), std::string::npos);
    EXPECT_EQ(rows[0].errors[0].message().find(one.cell), std::string::npos)
        << "the value must not be repeated";
    EXPECT_FALSE(rows[0].record.record_id().empty());
  }
}

TEST_F(MappingTest, LeavesOutAndCountsWhatOnlyDescribesThePerson) {
  const auto rows = Map("id,姓名,援助项目,起始月,性别,出生日期\nJYJ1,甲,职业培训,2026-08,未定,1990-13-40\n");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(rows[0].errors.empty());
  EXPECT_EQ(rows[0].warnings, 2);
  EXPECT_FALSE(rows[0].record.person().has_birth_date());
  EXPECT_EQ(rows[0].record.person().sex(), v1::SEX_UNSPECIFIED);
}

TEST_F(MappingTest, RejectsARowThatIsShiftedAgainstItsHeader) {
  const auto rows = Map(
      "id,姓名,援助项目,起始月\nJYJ1,甲,职业培训\nJYJ2,甲,职业培训,2026-08,,\nJYJ3,甲,职业培训,2026-08,x\n");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_FALSE(rows[0].errors.empty());
  EXPECT_TRUE(rows[1].errors.empty()) << "empty cells at the end are harmless";
  EXPECT_FALSE(rows[2].errors.empty());
}

TEST_F(MappingTest, KnowsNoOtherHeader) {
  EXPECT_EQ(mappings_.ForHeader({"programme", "record_id", "person"}), nullptr);
  EXPECT_TRUE(absl::IsNotFound(Export::Open(directory_.Write("empty.csv", ""), mappings_).status()));
}

TEST(MappingFiles, AreRefusedWithTheLineThatIsWrong) {
  const std::string head = "name: \"x\"\ncontent: BENEFITS\nprogramme: HOUSING\nrecognised_by: \"a\"\n";
  const std::string id = "fields { target: \"record_id\" column: \"a\" parser: ID }\n";
  struct Case {
    std::string text;
    const char* line;
    const char* reason;
  };
  const Case cases[] = {
      {"name \"x\"", "m:1:", ""},
      {head + "wrong: 1\n", "m:5:", "wrong"},
      {head + id + "fields { target: \"person.nam\" column: \"a\" parser: TEXT }\n", "m:6:", "person.nam"},
      {head + id + "\nfields { target: \"person\" column: \"a\" parser: TEXT }\n", "m:7:", "person"},
      {head + id + "fields { target: \"record_id.x\" column: \"a\" parser: TEXT }\n", "m:6:", "record_id.x"},
      {head + id + "fields { target: \"benefit.start_month\" column: \"a\" parser: TEXT }\n",
       "m:6:", "does not fit"},
      {head + id + "fields { target: \"fact.date\" column: \"a\" parser: DATE }\n", "m:6:", "content"},
      {head + id +
           "fields { target: \"benefit.form\" column: \"a\" parser: CODE codes { cell: \"a\" value: \"NOPE\" "
           "} }\n",
       "m:6:", "NOPE"},
      {head + id + "fields { target: \"benefit.form\" column: \"a\" parser: CODE }\n", "m:6:", "codes"},
      {head + id + "fields { target: \"benefit.form\" column: \"a\" constant: \"CASH\" }\n",
       "m:6:", "exactly one"},
      {head + id + "fields { target: \"benefit.form\" constant: \"NOPE\" }\n", "m:6:", "NOPE"},
      {head + id + "fields { target: \"person.name\" column: \"a\" }\n", "m:6:", "parser"},
      // A file saved as GBK; and bytes that an escape makes.
      {head + id + "fields { target: \"person.name\" column: \"\xD0\xD5\xC3\xFB\" parser: TEXT }\n",
       "m:6:", "UTF-8"},
      {head + id + "fields { target: \"person.name\" column: \"\\320\" parser: TEXT }\n", "m:1:", "UTF-8"},
      {"name: \"x\"\ncontent: 99\nrecognised_by: \"a\"\n" + id, "m:1:", "content"},
      {"name: \"x\"\ncontent: BENEFITS\nprogramme: 99\nrecognised_by: \"a\"\n" + id, "m:1:", "programme"},
      {head, "m:1:", "record_id"},
      {id, "m:1:", "name"},
      {"name: \"x\"\ncontent: FACTS\nprogramme: HOUSING\nrecognised_by: \"a\"\n" + id, "m:1:", "programme"},
  };
  for (const Case& one : cases) {
    auto mapping = ParseMapping({"m", one.text});
    ASSERT_FALSE(mapping.ok()) << one.text;
    const std::string message(mapping.status().message());
    EXPECT_NE(message.find(one.line), std::string::npos) << message;
    EXPECT_NE(message.find(one.reason), std::string::npos) << message;
  }
  EXPECT_TRUE(ParseMapping({"m", head + id}).ok());
}

TEST(MappingFiles, OfADirectoryMustNotBeMistakenForEachOther) {
  const std::string text =
      "name: \"x\"\ncontent: FACTS\nrecognised_by: \"a\"\nfields { target: \"record_id\" column: \"a\" "
      "parser: ID }\n";
  std::string renamed = text;
  renamed.replace(renamed.find("\"x\""), 3, "\"y\"");
  EXPECT_FALSE(MappingSet::From({{"1", text}, {"2", text}}).ok());
  EXPECT_FALSE(MappingSet::From({{"1", text}, {"2", renamed}}).ok());
  EXPECT_TRUE(MappingSet::From({{"1", text}}).ok());
}

TEST(MappingFiles, ReadADepartmentThatNobodyProgrammed) {
  const TemporaryDirectory directory;
  directory.Write("charity.textproto",
                  "name: \"charity\" content: BENEFITS programme: TEMPORARY recognised_by: \"单号\"\n"
                  "fields { target: \"record_id\" column: \"单号\" parser: ID }\n"
                  "fields { target: \"person.former_names\" column: \"曾用名\" parser: TEXT }\n"
                  "fields { target: \"benefit.decision_date\" column: \"决定日\" parser: DATE }\n");
  auto mappings = MappingSet::FromDirectory(directory.Path("."));
  ASSERT_TRUE(mappings.ok()) << mappings.status();
  const std::vector<std::string> header = {"曾用名", "单号", "决定日"};
  const Mapping* mapping = mappings->ForHeader(header);
  ASSERT_NE(mapping, nullptr);
  const MappedRow row = RowMapper(*mapping, header, 1).Map({"旧名", "C1", "2026年7月2日"});
  EXPECT_TRUE(row.errors.empty());
  EXPECT_EQ(row.record.person().former_names(0), "旧名");
  EXPECT_EQ(row.record.benefit().decision_date().day(), 2);
  EXPECT_EQ(row.record.benefit().programme(), v1::TEMPORARY);
}

}  // namespace
}  // namespace relief::adapters
