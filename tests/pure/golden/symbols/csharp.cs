namespace Shapes;
/// <summary>A rectangle.</summary>
public class Rect<T> : IShape where T : struct
{
    private readonly double width;
    public const int Limit = 10;
    public double Width { get; set; }
    public Rect(double width) { this.width = width; }
    /// <summary>How large.</summary>
    [Obsolete]
    public async Task<double> Size(int factor) => width * factor;
    public delegate void Changed(object sender);
    public event Changed OnChanged;
}
public interface IShape { double Size(int factor); }
public enum Kind { One, Two }
public record Pair(int A, int B);
public struct Point { public int X; }
